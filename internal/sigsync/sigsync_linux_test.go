package sigsync

import (
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A signal for one's own thread has been handled when the call that sends it returns. It
// is in the runtime then, and after Flush it is in the channel: without it, hardly
// ever.
func TestFlush(t *testing.T) {
	got := make(chan os.Signal, 1)
	signal.Notify(got, syscall.SIGUSR1)
	defer signal.Stop(got)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for range 100 {
		require.NoError(t, unix.Tgkill(os.Getpid(), unix.Gettid(), syscall.SIGUSR1))
		Flush()
		require.Len(t, got, 1)
		<-got
	}
}
