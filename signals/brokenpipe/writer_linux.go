package brokenpipe

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/procfs"
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

const againVariable = "BROKENPIPE_AGAIN"

// startAgainIgnoring has this process execute the same program again, from the start,
// with the signal ignored. In the program that was started so it returns nil.
func startAgainIgnoring(s syscall.Signal) error {
	if os.Getenv(againVariable) != "" {
		return nil
	}
	signal.Ignore(s)
	status, err := procfs.Process(os.Getpid())
	if err != nil {
		return err
	}
	if !status.Ignored.Has(s) {
		return fmt.Errorf("ignore %v: the kernel does not know of it", s)
	}
	return child.ExecAgain(againVariable + "=yes")
}
