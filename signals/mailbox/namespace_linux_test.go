package mailbox

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// TestNothingIsDoneOutside holds that a process that should be in a namespace of its own,
// and is not, does not go on.
func TestNothingIsDoneOutside(t *testing.T) {
	here, err := os.Readlink("/proc/self/ns/ipc")
	require.NoError(t, err)
	t.Setenv(outsideVariable, here)
	in, err := alone()
	require.False(t, in)
	require.ErrorContains(t, err, "still in the one of its parent")

	// The control: in another one it would.
	t.Setenv(outsideVariable, "ipc:[1]")
	in, err = alone()
	require.True(t, in)
	require.NoError(t, err)
}

func TestNamespaces(t *testing.T) {
	root := namespaces(0, 0)
	require.Equal(t, uintptr(unix.CLONE_NEWIPC), root.Cloneflags)
	require.Empty(t, root.UidMappings)
	other := namespaces(1000, 100)
	require.Equal(t, uintptr(unix.CLONE_NEWIPC|unix.CLONE_NEWUSER), other.Cloneflags)
	require.Equal(t, 1000, other.UidMappings[0].HostID)
	require.Equal(t, 100, other.GidMappings[0].HostID)
}

// TestListsAgree holds that a call which is added to one list is not forgotten in the
// other.
func TestListsAgree(t *testing.T) {
	expected := outcomes(16384)
	require.Len(t, expected, len(mishaps))
	for _, m := range mishaps {
		require.Contains(t, expected, m.call)
	}
}

// TestOnlyTheThreadIsAnother holds that it becomes somebody else, and the process does not.
func TestOnlyTheThreadIsAnother(t *testing.T) {
	user := unix.Geteuid()
	var refused error
	var seen []int
	onThread(func() {
		if refused = another(); refused == nil {
			list, _ := unix.Getgroups()
			seen = []int{unix.Geteuid(), unix.Getegid(), len(list)}
		}
	})
	require.Equal(t, user, unix.Geteuid())
	if refused != nil {
		t.Skip(refused)
	}
	require.Equal(t, []int{nobody, nobody, 0}, seen)
}

func TestMereHasNoCapabilities(t *testing.T) {
	before, err := capabilities()
	require.NoError(t, err)
	onThread(func() {
		require.NoError(t, mere())
		has, err := capabilities()
		require.NoError(t, err)
		require.Zero(t, has[0].Effective|has[1].Effective)
		require.ErrorIs(t, mighty(), unix.EPERM)
	})
	after, err := capabilities()
	require.NoError(t, err)
	require.Equal(t, before, after)
}
