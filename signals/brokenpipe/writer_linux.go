package brokenpipe

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// last is the signal after which no more are awaited: it is higher than SIGPIPE, so that
// it is passed on after it.
const last = syscall.SIGIO

func toThisThread(s syscall.Signal) error { return unix.Tgkill(os.Getpid(), unix.Gettid(), s) }

func nameOf(s os.Signal) string { return unix.SignalName(s.(syscall.Signal)) }

// duplicateTo puts what f is in the place of a standard stream.
func duplicateTo(f *os.File, fd int) error {
	defer f.Close()
	return unix.Dup3(int(f.Fd()), fd, 0)
}
