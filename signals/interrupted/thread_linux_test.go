package interrupted

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestParseCall(t *testing.T) {
	number, first, ok := parseCall("202 0xc000012345 0x80 0x0 0x0 0x0 0x0 0x7ffe 0x47\n")
	require.True(t, ok)
	require.Equal(t, uintptr(202), number)
	require.Equal(t, uintptr(0xc000012345), first)
	for _, text := range []string{"running\n", "-1 0x7ffe 0x47\n", "", "0\n"} {
		_, _, ok := parseCall(text)
		require.False(t, ok, text)
	}
}

// TestEveryCallIsExpected holds that a call which is added to one of the lists is not
// forgotten in the other.
func TestEveryCallIsExpected(t *testing.T) {
	require.Len(t, want, len(calls)+1, "all calls, and the raw one")
	for _, c := range calls {
		require.Contains(t, want, c.name)
	}
}

// TestCallThatDoesNotWait holds that no signal is sent to a thread that is not in its call.
func TestCallThatDoesNotWait(t *testing.T) {
	th := enter("getpid", &waiting{number: unix.SYS_GETPID}, syscall.Syscall6)
	require.ErrorContains(t, th.arrive(t.Context()), "returned at once")
}

// TestWaitsInThisCall holds that a thread that sleeps in a call like it is not taken for
// one that sleeps in it.
func TestWaitsInThisCall(t *testing.T) {
	w, err := readPipe()
	require.NoError(t, err)
	th := enter("read", w, syscall.Syscall6)
	require.NoError(t, th.arrive(t.Context()))
	other := *w
	other.first++
	waits, err := (&thread{waiting: &other, tid: th.tid}).waits()
	require.NoError(t, err)
	require.False(t, waits)
	require.NoError(t, th.finish(t.Context()))
	require.Equal(t, "success", outcomeOf(syscall.Errno(th.errno.Load())))
	require.NoError(t, unix.Close(int(w.first)))
}
