package mask

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/procfs"
	"lab.example/gopark/internal/sigsync"
	"lab.example/gopark/internal/timeline"
)

// thread is the thread to which this goroutine is locked.
type thread struct {
	id  int
	got chan os.Signal
}

// waiting sends SIGUSR1 to a thread that blocks it, and to its process, and tells after
// each step where it is.
func waiting(ctx context.Context, r *experiment.Recorder) (experiment.Table, error) {
	// Its thread ends with the goroutine that is locked to it, whatever its mask.
	runtime.LockOSThread()
	t := thread{id: unix.Gettid(), got: make(chan os.Signal, 8)}
	signal.Notify(t.got, syscall.SIGUSR1)
	defer signal.Stop(t.got)
	table := stepTable()
	step := func(name string, err error) error {
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		where, err := t.pending()
		sigsync.Flush()
		n := len(t.got)
		for range n {
			<-t.got
		}
		table.Add(name, where, n)
		return err
	}

	mask := func(how int) error {
		usr1 := set(syscall.SIGUSR1)
		return unix.PthreadSigmask(how, &usr1, nil)
	}
	if err := mask(unix.SIG_BLOCK); err != nil {
		return table, fmt.Errorf("block: %w", err)
	}
	if err := step(toProcess, t.sendToProcess(ctx)); err != nil {
		return table, err
	}
	flow(r, "to-the-process", "sender", timeline.Sent, 1)
	flow(r, "to-the-process", "channel", timeline.Delivered, 1)
	if err := step(toThread, unix.Tgkill(os.Getpid(), t.id, syscall.SIGUSR1)); err != nil {
		return table, err
	}
	flow(r, "to-the-thread", "sender", timeline.Sent, 1)
	flow(r, "to-the-thread", "kernel", timeline.Pending, 1)
	if err := step(toBoth, t.sendToProcess(ctx)); err != nil {
		return table, err
	}
	if err := step(unblocked, mask(unix.SIG_UNBLOCK)); err != nil {
		return table, err
	}
	flow(r, "to-the-thread", "channel", timeline.Delivered, 1)

	outcome, err := t.interruptedUnblocking()
	if err != nil {
		return table, fmt.Errorf("%s: %w", interrupted, err)
	}
	where, err := t.pending()
	table.Add(interrupted, where, outcome)
	return table, err
}

// patience is how long a signal may be pending for the process before it counts as
// waiting there. It is taken within microseconds by a thread that may.
const patience = 5 * time.Second

// sendToProcess sends SIGUSR1 to this process. It returns when the signal is in the
// channel, or has been waiting for very long.
func (t *thread) sendToProcess(ctx context.Context) error {
	if err := syscall.Kill(os.Getpid(), syscall.SIGUSR1); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for len(t.got) == 0 && ctx.Err() == nil {
		runtime.Gosched()
	}
	return nil
}

// pending asks the kernel where SIGUSR1 waits.
func (t *thread) pending() (string, error) {
	status, err := procfs.Thread(os.Getpid(), t.id)
	switch {
	case status.Shared.Has(syscall.SIGUSR1):
		return forProcess, err
	case status.Pending.Has(syscall.SIGUSR1):
		return forThread, err
	}
	return nowhere, err
}

// interruptedUnblocking has a SIGFPE wait for the thread, in the form in which the
// runtime takes it for a fault of the instruction that it interrupts. It returns what
// comes of the system call that unblocks it.
func (t *thread) interruptedUnblocking() (outcome string, err error) {
	fpe, before := set(syscall.SIGFPE), unix.Sigset_t{}
	if err := unix.PthreadSigmask(unix.SIG_BLOCK, &fpe, &before); err != nil {
		return "", err
	}
	if err := queueFault(t.id, syscall.SIGFPE); err != nil {
		return "", err
	}
	defer func() {
		if p := recover(); p != nil {
			outcome = fmt.Sprint("panic: ", p)
		}
	}()
	err = unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil)
	return "it returned", err
}

// queueFault sends a signal to a thread of this process, with the code of sigqueue.
func queueFault(tid int, s syscall.Signal) error {
	info := struct {
		signo, errno, code int32
		_                  [116]byte
	}{signo: int32(s), code: -1}
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_TGSIGQUEUEINFO,
		uintptr(os.Getpid()), uintptr(tid), uintptr(s), uintptr(unsafe.Pointer(&info)), 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

func set(s syscall.Signal) (one unix.Sigset_t) {
	bits := 8 * int(unsafe.Sizeof(one.Val[0]))
	one.Val[(int(s)-1)/bits] = 1 << ((int(s) - 1) % bits)
	return one
}
