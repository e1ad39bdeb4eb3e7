package interrupt

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// ErrShutdown is what the future of a task returns that was submitted too late, and the cause
// of the interrupts that ShutdownNow sends.
var ErrShutdown = errors.New("executor was shut down")

// Executor is a fixed number of workers and a queue of tasks for them. Each worker is a
// goroutine with a handle, which it passes to its tasks. What interrupts a task leaves no
// trace: the worker clears its flag before the next one. It must be made by NewExecutor, and
// Shutdown or ShutdownNow must be called, or the workers remain.
type Executor struct {
	terminated chan struct{} // closed when the last worker has gone

	mu      sync.Mutex
	more    *sync.Cond // queue or shut has changed
	queue   []Task
	workers int
	busy    map[*Handle]bool // the workers that run a task
	shut    bool
}

// Task is a future as the executor sees it: something to run. Every *Future is one.
type Task interface {
	// Run runs the task in the calling goroutine, whose handle it gets. It has no effect if
	// the task was started or cancelled before.
	Run(h *Handle)
	// Cancel makes the future done; see Future.Cancel.
	Cancel(interrupt bool) bool
	// Done returns a channel that is closed when the future is done.
	Done() <-chan struct{}
}

// NewExecutor returns an executor with that many workers. It panics if they are less than one.
func NewExecutor(workers int) *Executor {
	if workers < 1 {
		panic("interrupt: an executor without workers")
	}
	ex := &Executor{terminated: make(chan struct{}), workers: workers, busy: make(map[*Handle]bool)}
	ex.more = sync.NewCond(&ex.mu)
	for i := range workers {
		ex.hire(fmt.Sprintf("worker %d", i))
	}
	return ex
}

// Submit has a worker of ex run the task: the one that is idle next. After a shutdown the
// future that it returns is done already, with ErrShutdown. A panic of the task is not
// recovered.
func Submit[T any](ex *Executor, task func(h *Handle) (T, error)) *Future[T] {
	f := newFuture(task)
	if !ex.enqueue(f) {
		f.complete(*new(T), ErrShutdown)
	}
	return f
}

// InvokeAll submits the tasks and waits until all are done, for d at the latest; then it
// cancels and interrupts those that are not. It returns their futures, which are all done. If
// h is interrupted it cancels and interrupts them too, and the error is an *Error.
func InvokeAll[T any](h *Handle, ex *Executor, d time.Duration, tasks ...func(h *Handle) (T, error)) ([]*Future[T], error) {
	late, stop := in(d)
	defer stop()
	futures := make([]*Future[T], len(tasks))
	for i, task := range tasks {
		futures[i] = Submit(ex, task)
	}
	for _, f := range futures {
		switch h.await(f.done, late) {
		case happened:
			continue
		case expired:
			cancelAll(futures)
			return futures, nil
		case cutShort:
			cancelAll(futures)
			return futures, h.Check("invoke all")
		}
	}
	return futures, nil
}

func cancelAll[T any](futures []*Future[T]) {
	for _, f := range futures {
		f.Cancel(true)
	}
}

// Shutdown lets the executor end: tasks that are running or queued are carried out, and no
// others are accepted. It interrupts nobody and does not wait.
func (ex *Executor) Shutdown() {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.shut = true
	ex.more.Broadcast()
}

// ShutdownNow is Shutdown that also interrupts the tasks that are running, and returns those
// that are queued. They have not been started and will not be, unless the caller runs them.
// Until they are run or cancelled, Get waits for their results.
func (ex *Executor) ShutdownNow() []Task {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.shut = true
	ex.more.Broadcast()
	for h := range ex.busy {
		h.InterruptCause(ErrShutdown)
	}
	queued := slices.Clone(ex.queue)
	ex.queue = nil
	return queued
}

// AwaitTermination waits until the executor was shut down and its last task has returned, for
// d at the latest; then it returns false. If h is interrupted, before or while it waits, the
// error is an *Error. If there is nothing to wait for, because the executor has ended or d is
// zero, the flag is not looked at.
func (ex *Executor) AwaitTermination(h *Handle, d time.Duration) (bool, error) {
	if d <= 0 {
		select {
		case <-ex.terminated:
			return true, nil
		default:
			return false, nil
		}
	}
	late, stop := in(d)
	defer stop()
	switch h.await(ex.terminated, late) {
	case happened:
		return true, nil
	case expired:
		return false, nil
	}
	return false, h.Check("await termination")
}

// enqueue returns false after a shutdown.
func (ex *Executor) enqueue(t Task) bool {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	if ex.shut {
		return false
	}
	ex.queue = append(ex.queue, t)
	ex.more.Signal()
	return true
}

// hire starts a worker.
func (ex *Executor) hire(name string) {
	Go(name, func(h *Handle) error {
		home := false
		defer func() { ex.leave(h, home) }()
		for task := ex.next(h); task != nil; task = ex.next(h) {
			task.Run(h)
		}
		home = true
		return nil
	})
}

// next waits for a task and marks the worker busy, or returns nil if there will be no more.
func (ex *Executor) next(h *Handle) Task {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	delete(ex.busy, h)
	for len(ex.queue) == 0 && !ex.shut {
		ex.more.Wait()
	}
	if len(ex.queue) == 0 {
		return nil
	}
	task := ex.queue[0]
	ex.queue[0] = nil
	ex.queue = ex.queue[1:]
	// In this order, and in one step: whatever was left over from the task before is
	// cleared, and nothing that ShutdownNow sends from now on.
	h.Interrupted()
	ex.busy[h] = true
	return task
}

// leave is the end of a worker. One whose task has called Goexit is replaced.
func (ex *Executor) leave(h *Handle, home bool) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	delete(ex.busy, h)
	if !home {
		ex.hire(h.Name())
		return
	}
	if ex.workers--; ex.workers == 0 {
		close(ex.terminated)
	}
}
