package urgent

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

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

// thread returns the number of the calling thread.
func thread() int { return unix.Gettid() }

// asleep reports whether the kernel lets a thread of this process sleep. Where it does not say,
// nobody waits for it.
func asleep(thread int) bool {
	status, err := procfs.Thread(os.Getpid(), thread)
	return err != nil || status.State == procfs.Sleeping
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
