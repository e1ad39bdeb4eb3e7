package interrupt

import (
	"errors"
	"sync"
	"time"
)

var (
	// ErrCancelled is what Get returns for a future that was cancelled, and the cause of the
	// interrupt that its task gets.
	ErrCancelled = errors.New("cancelled")
	// ErrExited is what Get returns for a task that has ended its goroutine by
	// runtime.Goexit, as t.FailNow does.
	ErrExited = errors.New("task ended its goroutine")
)

// Future is the result that a task will have. It is made by Submit, which has a worker run
// the task, or by NewPromise, where whoever likes provides the result.
type Future[T any] struct {
	task func(h *Handle) (T, error) // nil for a promise
	done chan struct{}              // closed when value and err are set

	mu        sync.Mutex
	started   bool
	runner    *Handle // of the goroutine that runs the task, while it does
	cancelled bool
	value     T
	err       error
}

func newFuture[T any](task func(h *Handle) (T, error)) *Future[T] {
	return &Future[T]{task: task, done: make(chan struct{})}
}

// NewPromise returns a future without a task, and the function that completes it. That returns
// false, and has no effect, if the future has been completed or cancelled already. As nobody
// knows who is going to complete it, Cancel interrupts nobody.
func NewPromise[T any]() (f *Future[T], complete func(value T, err error) bool) {
	f = newFuture[T](nil)
	f.started = true
	return f, f.complete
}

// Get waits for the result and returns what the task has returned, or ErrCancelled. If h is
// interrupted, before or while it waits, the error is an *Error; the task is not affected. If
// the future is done, the flag is not looked at.
//
// An *Error may also be the task's own; the ok of GetFor tells the two apart.
func (f *Future[T]) Get(h *Handle) (T, error) {
	v, _, err := f.get(h, nil)
	return v, err
}

// GetFor is Get that waits for d at the latest: then ok is false and err is nil, and the task
// goes on. It is also false if h was interrupted; true says that v and err are the result.
func (f *Future[T]) GetFor(h *Handle, d time.Duration) (v T, ok bool, err error) {
	late, stop := in(d)
	defer stop()
	return f.get(h, late)
}

// GetUninterruptibly is Get that knows no flag: one that is set remains so.
func (f *Future[T]) GetUninterruptibly() (T, error) {
	<-f.done
	return f.value, f.err
}

func (f *Future[T]) get(h *Handle, late <-chan time.Time) (v T, ok bool, err error) {
	const op = "get"
	if !f.IsDone() {
		if err := h.Check(op); err != nil {
			return v, false, err
		}
	}
	switch h.await(f.done, late) {
	case happened:
		return f.value, true, f.err
	case expired:
		return v, false, nil
	}
	return v, false, h.Check(op)
}

// Done returns a channel that is closed when there is a result or the future is cancelled.
// The task of a cancelled future may still be running.
func (f *Future[T]) Done() <-chan struct{} { return f.done }

// IsDone reports whether there is a result or the future is cancelled.
func (f *Future[T]) IsDone() bool {
	select {
	case <-f.done:
		return true
	default:
		return false
	}
}

// Cancelled reports whether Cancel came before the result.
func (f *Future[T]) Cancelled() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.cancelled
}

// Cancel makes the future done, without a result. It returns false, and has no effect, if it
// was done already. A task that has not started will not; one that runs is interrupted if
// interrupt is true, and otherwise runs to its end for nobody.
func (f *Future[T]) Cancel(interrupt bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.IsDone() {
		return false
	}
	f.cancelled = true
	f.finish(*new(T), ErrCancelled)
	// Under the lock: as soon as the task has returned, its goroutine does something else,
	// which this interrupt must not hit.
	if interrupt && f.runner != nil {
		f.runner.InterruptCause(ErrCancelled)
	}
	return true
}

// Run runs the task in the calling goroutine, which is that of h. It has no effect if the task
// has been started or cancelled. Workers call it; so may who got the future from ShutdownNow.
func (f *Future[T]) Run(h *Handle) {
	if !f.start(h) {
		return
	}
	value, err := *new(T), ErrExited
	defer func() { // also if the task calls Goexit
		f.leave()
		f.complete(value, err)
	}()
	value, err = f.task(h)
}

func (f *Future[T]) start(h *Handle) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.started || f.cancelled {
		return false
	}
	f.started, f.runner = true, h
	return true
}

// leave says that the task has returned: from now on Cancel interrupts nobody.
func (f *Future[T]) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.runner = nil
}

func (f *Future[T]) complete(value T, err error) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.IsDone() {
		return false
	}
	f.finish(value, err)
	return true
}

// finish sets the result. The future is locked and not done.
func (f *Future[T]) finish(value T, err error) {
	f.value, f.err = value, err
	close(f.done)
}
