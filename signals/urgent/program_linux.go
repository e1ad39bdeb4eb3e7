package urgent

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/procfs"
)

// last is the signal that ends the listening: higher than the others, so that none that
// was sent before is passed on after it.
const last = syscall.SIGIO

// send sends a signal to this thread.
func (*computing) send(s syscall.Signal) {
	if err := unix.Tgkill(os.Getpid(), unix.Gettid(), s); err != nil {
		panic(err) // both numbers are ours
	}
}

func nameOf(s os.Signal) string {
	number, ok := s.(syscall.Signal)
	if !ok {
		return s.String()
	}
	return unix.SignalName(number)
}

func threadTime() (time.Duration, error) {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now); err != nil {
		return 0, fmt.Errorf("read the thread's clock: %w", err)
	}
	return time.Duration(now.Nano()), nil
}

const againVariable = "URGENT_AGAIN"

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
