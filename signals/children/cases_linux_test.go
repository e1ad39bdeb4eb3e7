package children

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestListsAgree holds that a case which is added to one list is not forgotten in the
// other.
func TestListsAgree(t *testing.T) {
	n := 0
	for _, h := range households {
		for _, c := range h.cases {
			require.Contains(t, expected, c.name)
			n++
		}
	}
	require.Len(t, expected, n)
}

// TestKillChildrenWantsAllOfThem holds that nobody is killed if the crowd is not the one
// that was expected.
func TestKillChildrenWantsAllOfThem(t *testing.T) {
	cmd, input, err := start(0)
	require.NoError(t, err)
	require.ErrorContains(t, killChildren(t.Context(), os.Getpid(), 2), "list children: 1, not 2")
	pids, err := childrenOf(os.Getpid())
	require.NoError(t, err)
	require.Equal(t, []int{cmd.Process.Pid}, pids)
	require.NoError(t, input.Close())
	require.NoError(t, cmd.Wait())
}

// TestThreadThatEnds holds that the thread is another than that of its caller, and is
// gone.
func TestThreadThatEnds(t *testing.T) {
	for range 20 {
		var link string
		var failed error
		require.NoError(t, threadThatEnds(t.Context(), func() { link, failed = os.Readlink("/proc/thread-self") }))
		require.NoError(t, failed)
		require.NoDirExists(t, "/proc/"+link)
	}
}
