package interrupt

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// ErrInterrupted is what every error of an interrupted operation is:
// errors.Is(err, ErrInterrupted).
var ErrInterrupted = errors.New("interrupted")

// Error is returned by an operation that was interrupted. It Is ErrInterrupted, and
// it unwraps to the Cause.
type Error struct {
	Op    string // what was interrupted: "sleep"
	Cause error  // what InterruptCause was given; nil for Interrupt
}

func (e *Error) Error() string {
	if e.Cause == nil {
		return e.Op + ": interrupted"
	}
	return e.Op + ": interrupted: " + e.Cause.Error()
}

// Is reports whether target is ErrInterrupted.
func (e *Error) Is(target error) bool { return target == ErrInterrupted }

// Unwrap returns the cause, or nil.
func (e *Error) Unwrap() error { return e.Cause }

// Handle is the interrupt state of one goroutine, as Java keeps it for a thread: a
// flag that anybody may set, and that the goroutine's own blocking operations look
// at. It is made by Go, or by New for a goroutine that is there already.
//
// Name, Interrupt, InterruptCause, IsInterrupted, Unpark, Done, Err and Follow may be called
// by any goroutine; the other methods are for the goroutine itself.
//
// A Handle never stops a goroutine by force. Code that neither looks at the flag nor
// blocks in an operation of this package is not affected at all; a channel operation
// or a sync.Mutex does not know the flag.
type Handle struct {
	key uintptr // what a lock that it holds has as its state

	// flag is the truth, and the only word that a look reads. bell wakes whoever blocks:
	// a token in it says "look", and nothing more.
	flag   flag
	permit atomic.Bool // of Park
	bell   chan struct{}

	// mu makes setting the flag one step with the cause, the bell and the cuts, and clearing
	// it one step with the cause and the bell.
	mu    sync.Mutex
	cause error         // of the interrupt that set the flag
	cuts  map[*cut]bool // what else an interrupt must wake

	next *Error // see prepare

	name string
	done chan struct{} // closed when the goroutine's function has returned
	err  error         // what it returned; read after done
}

// New returns the handle of a goroutine that does not run yet, or of the calling one if that
// was not started by Go: main, a test, the handler of a request. It can be interrupted at
// once; the first operation will see it. Run closes Done; without Run, nobody does.
func New(name string) *Handle {
	return &Handle{
		key:  uintptr(handles.Add(1))<<ownerShift | locked,
		name: name,
		done: make(chan struct{}),
		bell: make(chan struct{}, 1),
	}
}

// handles counts those that were made, so that each has a number of its own. It would take
// centuries to reach the 2^62 that there is room for.
var handles atomic.Uint64

// Go calls f in a new goroutine and returns its handle, which f gets too. The name is
// for people. A panic in f is not recovered.
func Go(name string, f func(h *Handle) error) *Handle {
	h := New(name)
	go h.Run(f)
	return h
}

// Run calls f in the calling goroutine, which is that of the handle from now on, keeps what
// it returns for Err, and closes Done. It must be called once at most, and not on a handle
// that Go has made.
func (h *Handle) Run(f func(h *Handle) error) {
	defer close(h.done)
	h.err = f(h)
}

// Name returns the name that Go or New was given.
func (h *Handle) Name() string { return h.name }

// Done returns a channel that is closed when the goroutine's function has ended.
func (h *Handle) Done() <-chan struct{} { return h.done }

// Err returns what the goroutine's function returned, or nil while it is running.
func (h *Handle) Err() error {
	select {
	case <-h.done:
		return h.err
	default:
		return nil
	}
}

// Interrupt sets the flag. If the goroutine is blocked in an operation of this
// package, that operation returns an *Error and clears the flag; if not, the next one
// does. Setting a flag that is set has no effect: a flag is not a counter.
func (h *Handle) Interrupt() { h.InterruptCause(nil) }

// InterruptCause is Interrupt with a cause, which the error of the interrupted
// operation will carry. The first cause is kept until the flag is cleared.
func (h *Handle) InterruptCause(cause error) {
	h.mu.Lock()
	if !h.flag.Load() {
		h.cause = cause
		h.flag.Store(true)
		h.ring()
		if len(h.cuts) > 0 { // even to range over no map takes its time
			for c := range h.cuts {
				c.wake(cause)
			}
		}
	}
	h.mu.Unlock()
}

// IsInterrupted reports whether the flag is set, and leaves it as it is.
//
// It looks at the word itself: through flag.Load the compiler leaves a NOP in the caller's
// loop as the mark of the call within the call, and a look costs 1.25 atomic loads, not one.
func (h *Handle) IsInterrupted() bool { return h.flag.word.Load() != 0 }

// Interrupted reports whether the flag is set, and clears it: a second call returns
// false unless somebody has interrupted in between.
func (h *Handle) Interrupted() bool { return h.flag.Load() && h.interrupted("") != nil }

// Check returns an *Error for op and clears the flag if it is set, else nil. It is the
// look to take in a loop that does not block.
func (h *Handle) Check(op string) error {
	if !h.flag.Load() {
		return nil
	}
	return h.interrupted(op)
}

// interrupted is Check, apart from it so that Check itself is inlined.
//
//go:noinline
func (h *Handle) interrupted(op string) error {
	set, cause := h.clear()
	if !set {
		return nil
	}
	h.prepare()
	err := h.next
	h.next = nil
	err.Op, err.Cause = op, cause
	return err
}

// prepare makes the error that the next interrupt will need. It is called before the goroutine
// blocks, so that this time is not part of waking up.
func (h *Handle) prepare() {
	if h.next == nil {
		h.next = new(Error)
	}
}

// Restore sets the flag again, with its cause, if err is or wraps an *Error: for code
// that must handle the error here but wants its caller to see the interrupt too. Any
// other err has no effect.
func (h *Handle) Restore(err error) {
	if e, ok := errors.AsType[*Error](err); ok {
		h.InterruptCause(e.Cause)
	}
}

// C returns a channel for a select of one's own, beside channels for which there is Recv
// and Send. Evaluate it for each select. A receive from it says "look", and leaves the flag
// as it is; then Check tells whether this was an interrupt, and clears the flag, or Ack
// clears it without an error.
//
//	select {
//	case job := <-jobs:
//	case <-h.C():
//		if err := h.Check("wait for a job"); err != nil {
//			return err
//		}
//	}
//
// There may be nothing to see: an Unpark rings too.
func (h *Handle) C() <-chan struct{} {
	if h.flag.Load() {
		h.ring()
	}
	return h.bell
}

// Ack clears the flag: it acknowledges an interrupt that came out of C.
func (h *Handle) Ack() { h.Interrupted() }

// ring puts a token into the bell, if there is none.
func (h *Handle) ring() {
	select {
	case h.bell <- struct{}{}:
	default:
	}
}

// clear clears the flag and empties the bell, in one step.
func (h *Handle) clear() (set bool, cause error) {
	h.mu.Lock()
	if h.flag.Load() {
		select {
		case <-h.bell:
		default: // a blocked operation has taken the token and is about to look
		}
		set, cause, h.cause = true, h.cause, nil
		h.flag.Store(false)
	}
	h.mu.Unlock()
	return set, cause
}

// flag is the flag of a handle. Its word is 0, or what no lock has as its state: so a lock that
// is to be taken only if it is free and the flag is not set needs one comparison (see
// Mutex.LockInterruptibly).
type flag struct{ word atomic.Uintptr }

func (f *flag) Load() bool { return f.word.Load() != 0 }

func (f *flag) Store(set bool) {
	if set {
		f.word.Store(^uintptr(0))
	} else {
		f.word.Store(0)
	}
}

// cut is something that an interrupt must wake although it does not listen to the bell:
// a read from a socket, a context that was derived.
type cut struct {
	// wake is called with the lock of the handle held, once for each interrupt, so it must
	// neither block nor call methods of the handle.
	wake func(cause error)
}

// onInterrupt has wake called by the next interrupts, until drop is called: at once if the
// flag is set. When drop has returned wake is not running and will not be called any more.
func (h *Handle) onInterrupt(wake func(cause error)) (drop func()) {
	c := &cut{wake}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cuts == nil {
		h.cuts = make(map[*cut]bool, 1)
	}
	h.cuts[c] = true
	if h.flag.Load() {
		wake(h.cause)
	}
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.cuts, c)
	}
}

// Follow interrupts the goroutine when ctx is done. The error of the interrupted operation
// is then also what ctx's error and cause are: errors.Is(err, context.DeadlineExceeded). stop
// ends that and reports whether it came in time, as that of context.AfterFunc does. Without
// stop, an idle ctx keeps the handle in memory.
func (h *Handle) Follow(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		h.InterruptCause(followed{ctx.Err(), context.Cause(ctx)})
	})
}

// followed is the end of a context as the cause of an interrupt.
type followed struct{ err, cause error }

func (f followed) Error() string { return f.cause.Error() }

func (f followed) Unwrap() []error { return []error{f.cause, f.err} }

// Context returns a context that the next interrupt cancels, or that is cancelled at once if
// the flag is set; for calls that know contexts and no handles. Its cause is an *Error. The
// flag is not cleared by that: if the call returns an error and IsInterrupted says true,
// Check clears it. Once cancelled, it stays so: get another one for the next call. cancel
// must be called, or the handle keeps the context in memory.
func (h *Handle) Context(parent context.Context) (ctx context.Context, cancel context.CancelFunc) {
	ctx, cancelCause := context.WithCancelCause(parent)
	drop := h.onInterrupt(func(cause error) { cancelCause(&Error{Op: "context", Cause: cause}) })
	return ctx, func() {
		drop()
		cancelCause(nil)
	}
}
