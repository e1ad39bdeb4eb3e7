package interrupted

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/procfs"
)

// thread is a thread that makes one call.
type thread struct {
	*waiting
	name  string
	tid   int
	errno atomic.Int64  // of the call; -1 until it has returned
	over  chan struct{} // closed when it has returned
}

// systemCall is syscall.Syscall6 or syscall.RawSyscall6.
type systemCall func(number, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)

// enter has a thread of its own make the call.
func enter(name string, w *waiting, by systemCall) *thread {
	t := &thread{waiting: w, name: name, over: make(chan struct{})}
	t.errno.Store(-1)
	tid := make(chan int)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		tid <- unix.Gettid()
		_, _, errno := by(w.number, w.first, w.second, w.third, w.fourth, w.fifth, w.sixth)
		t.errno.Store(int64(errno))
		runtime.KeepAlive(w.keep)
		close(t.over)
	}()
	t.tid = <-tid
	return t
}

// waits reports whether the thread sleeps in its call now, and not in another one. It must
// sleep so that a signal would wake it: on its way out of the call, while the kernel puts the
// frame of a handler on its stack, it may sleep for a page, and still shows the call.
func (t *thread) waits() (bool, error) {
	if status, err := procfs.Thread(os.Getpid(), t.tid); err != nil || status.State != procfs.Sleeping {
		return false, nil // an error: it is about to end
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/syscall", t.tid))
	if errors.Is(err, fs.ErrNotExist) || err != nil && t.errno.Load() >= 0 {
		return false, nil
	}
	if err != nil {
		return false, experiment.Unmet("the kernel does not say in which call a thread is: %v", err)
	}
	number, first, ok := parseCall(string(text))
	return ok && number == t.number && first == t.first, nil
}

// parseCall reads a syscall file of /proc: the number and the first argument of the call
// in which a thread sleeps. A thread that runs has none.
func parseCall(text string) (number, first uintptr, ok bool) {
	fields := strings.Fields(text)
	if len(fields) < 2 {
		return 0, 0, false
	}
	n, err := strconv.ParseUint(fields[0], 10, 64)
	if err != nil {
		return 0, 0, false
	}
	a, err := strconv.ParseUint(fields[1], 0, 64)
	return uintptr(n), uintptr(a), err == nil
}

// arrive waits until the thread sleeps in its call.
func (t *thread) arrive(ctx context.Context) error {
	return until(ctx, func() (bool, error) {
		if e := t.errno.Load(); e >= 0 {
			return false, fmt.Errorf("%s: returned at once: %w", t.name, syscall.Errno(e))
		}
		return t.waits()
	})
}

// othersSleep waits until all threads of this process but the caller's sleep. Then none is
// about to send a signal: neither sysmon, which decides first and sends afterwards, nor
// anybody else.
func othersSleep(ctx context.Context) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return until(ctx, func() (bool, error) {
		threads, err := procfs.Tasks(os.Getpid())
		awake := slices.ContainsFunc(threads, func(t procfs.Status) bool {
			return t.PID != unix.Gettid() && t.State != procfs.Sleeping
		})
		return !awake, err
	})
}

// outcome waits until nothing is left of the signal that was sent to the thread, and says
// what has become of the call. A thread that sleeps in its call after that is in it again,
// or still.
func (t *thread) outcome(ctx context.Context, sent syscall.Signal) (result string, err error) {
	err = until(ctx, func() (bool, error) {
		if e := t.errno.Load(); e >= 0 {
			result = outcomeOf(syscall.Errno(e))
			return true, nil
		}
		status, err := procfs.Thread(os.Getpid(), t.tid)
		if err != nil || status.Pending.Has(sent) {
			return false, nil // an error: it is about to end
		}
		waits, err := t.waits()
		result = goesOn
		return waits, err
	})
	return result, err
}

func outcomeOf(e syscall.Errno) string {
	if e == 0 {
		return "success"
	}
	return unix.ErrnoName(e)
}

// finish has that happen which the call waits for, and fails if it does not succeed then.
func (t *thread) finish(ctx context.Context) error {
	if t.errno.Load() >= 0 || t.release == nil {
		return nil
	}
	if err := t.release(); err != nil {
		return fmt.Errorf("%s: release it: %w", t.name, err)
	}
	select {
	case <-t.over:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if e := syscall.Errno(t.errno.Load()); e != 0 {
		return fmt.Errorf("%s: failed although it had been released: %w", t.name, e)
	}
	return nil
}

func until(ctx context.Context, condition func() (bool, error)) error {
	for {
		if met, err := condition(); met || err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		runtime.Gosched()
	}
}
