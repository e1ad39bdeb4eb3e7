package children

import (
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
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

// TestNewParentBelow holds that the namespace makes the difference: without it, the shell
// that would be its process 1 is given nothing.
func TestNewParentBelow(t *testing.T) {
	seen, err := newParentBelow(nil)
	require.NoError(t, err)
	if seen == "I" { // this process adopts as soon as it has run an experiment
		_, err := syscall.Wait4(-1, nil, 0, nil)
		require.NoError(t, err)
	}
	require.NotEqual(t, expected[noneBelow], seen)
	require.NotContains(t, seen, notMeasured)
}

func TestNewNamespace(t *testing.T) {
	root := newNamespace(0, 0)
	require.Equal(t, uintptr(unix.CLONE_NEWPID), root.Cloneflags)
	require.Empty(t, root.UidMappings)
	other := newNamespace(1000, 100)
	require.Equal(t, uintptr(unix.CLONE_NEWPID|unix.CLONE_NEWUSER), other.Cloneflags)
	require.Equal(t, 1000, other.UidMappings[0].HostID)
	require.Equal(t, 100, other.GidMappings[0].HostID)
}
