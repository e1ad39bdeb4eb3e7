package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/procfs"
)

// waiter is a call that waits at a queue, and how it is let go.
type waiter struct {
	number             int // of the system call
	prepare, call, let func(q queue) error
}

var (
	receiver = waiter{
		number:  unix.SYS_MSGRCV,
		prepare: func(queue) error { return nil },
		call: func(q queue) error {
			_, _, err := q.receive(1, 1, 0)
			return err
		},
		let: func(q queue) error { return q.send(1, "x", 0) },
	}
	sender = waiter{
		number: unix.SYS_MSGSND,
		prepare: func(q queue) error {
			if _, err := q.fill(1024); outcomeOf(err) != "EAGAIN" {
				return err
			}
			return nil
		},
		call: func(q queue) error { return q.send(1, "x", 0) },
		let:  release,
	}
)

// release makes room for a message.
func release(q queue) error {
	_, _, err := q.receive(0, 1024, 0)
	return err
}

// thread is a thread that waits in a call.
type thread struct {
	waiter
	queue queue
	tid   int
	over  chan struct{} // closed when the call has returned
	err   error         // of the call, when it is over
}

// enter returns when a thread of its own sleeps in the call.
func (w waiter) enter(ctx context.Context, q queue) (*thread, error) {
	if err := w.prepare(q); err != nil {
		return nil, err
	}
	t := &thread{waiter: w, queue: q, over: make(chan struct{})}
	tid := make(chan int)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		tid <- unix.Gettid()
		t.err = w.call(q)
		close(t.over)
	}()
	t.tid = <-tid
	over, err := t.settle(ctx)
	if over {
		return nil, fmt.Errorf("wait: the call has returned: %s", outcomeOf(t.err))
	}
	return t, err
}

// settle waits until the call is over, or the thread sleeps in it and no signal is on its
// way to it.
func (t *thread) settle(ctx context.Context) (over bool, err error) {
	for ctx.Err() == nil {
		select {
		case <-t.over:
			return true, nil
		default:
		}
		status, err := procfs.Thread(os.Getpid(), t.tid)
		if err == nil && !status.Pending.Has(syscall.SIGUSR1) {
			sleeps, err := t.sleeps()
			if sleeps || err != nil {
				return false, err
			}
		}
		runtime.Gosched()
	}
	return false, context.Cause(ctx)
}

// sleeps reports whether the thread sleeps in its call. If a signal has woken it in
// between, this is the second time.
func (t *thread) sleeps() (bool, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/syscall", t.tid))
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ESRCH):
		return false, nil // it has ended
	case err != nil:
		return false, experiment.Unmet("the kernel does not say in which call a thread is: %v", err)
	}
	return strings.HasPrefix(string(text), fmt.Sprint(t.number, " ")), nil
}

// end waits for the end of the call.
func (t *thread) end(ctx context.Context) (string, error) {
	select {
	case <-t.over:
		return outcomeOf(t.err), nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// waiting waits in a call, does something to the queue that ends it, and says how.
func waiting(w waiter, then func(queue) error) func(context.Context, queue) (string, error) {
	return func(ctx context.Context, q queue) (string, error) {
		t, err := w.enter(ctx, q)
		if err != nil {
			return "", err
		}
		if err := then(q); err != nil {
			return "", err
		}
		return t.end(ctx)
	}
}

// disturbing waits in a call, and does something to the thread or to the queue that need
// not end the call. If the thread goes on waiting, it is let go.
func disturbing(w waiter, by func(*thread) error) func(context.Context, queue) (string, error) {
	return func(ctx context.Context, q queue) (string, error) {
		t, err := w.enter(ctx, q)
		if err != nil {
			return "", err
		}
		if err := by(t); err != nil {
			return "", err
		}
		over, err := t.settle(ctx)
		if err != nil || over {
			return outcomeOf(t.err), err
		}
		if err := t.let(q); err != nil {
			return "", err
		}
		outcome, err := t.end(ctx)
		return "waits, then " + outcome, err
	}
}

// caught sends SIGUSR1, for which Go has a handler, to the thread.
func caught(t *thread) error { return unix.Tgkill(os.Getpid(), t.tid, syscall.SIGUSR1) }

// ignored sends SIGUSR1 while the process ignores it.
func ignored(t *thread) error {
	signal.Ignore(syscall.SIGUSR1)
	defer signal.Notify(make(chan os.Signal, 1), syscall.SIGUSR1) // Reset would not be enough
	return caught(t)
}

// otherType sends a message that is not of the type for which the thread waits.
func otherType(t *thread) error { return t.queue.send(2, "x", 0) }
