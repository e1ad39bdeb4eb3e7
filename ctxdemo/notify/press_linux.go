package notify

import (
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/sigsync"
)

// press sends this process the signal. When it returns, the signal has been handled, and is
// in the channels that want it. It goes to the calling thread, which handles it on its way
// back from the system call; sent to the process it might be another thread's turn, later.
func press(s syscall.Signal) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Tgkill(os.Getpid(), unix.Gettid(), s); err != nil {
		panic(err) // one may always signal oneself
	}
	sigsync.Flush()
}
