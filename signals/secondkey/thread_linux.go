package secondkey

import (
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// sendToThisThread returns when the signal has been delivered: the kernel looks for
// pending signals before it returns from a call.
func sendToThisThread(s syscall.Signal) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return unix.Tgkill(unix.Getpid(), unix.Gettid(), s)
}
