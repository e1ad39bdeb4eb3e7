package queue

import (
	"os"
	"os/signal"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// A signal for one's own thread has been handled when the call that sends it returns. It
// is in the runtime then, and after flush it is in the channel: without flush, hardly
// ever.
func TestFlush(t *testing.T) {
	got := make(chan os.Signal, 1)
	signal.Notify(got, standard)
	defer signal.Stop(got)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for range 100 {
		require.NoError(t, unix.Tgkill(os.Getpid(), unix.Gettid(), standard))
		flush()
		require.Len(t, got, 1)
		<-got
	}
}
