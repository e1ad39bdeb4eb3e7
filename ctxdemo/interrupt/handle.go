package interrupt

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"
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
// at. It is made by Go. Interrupt, InterruptCause, IsInterrupted, Done and Err may be
// called by any goroutine; the other methods are for the goroutine itself.
//
// A Handle never stops a goroutine by force. Code that neither looks at the flag nor
// blocks in an operation of this package is not affected at all; a channel operation
// or a sync.Mutex does not know the flag.
type Handle struct {
	name string
	done chan struct{} // closed when f has returned
	err  error         // what f returned; read after done

	// flag is the truth, and the only word that a look reads. bell wakes whoever blocks:
	// a token in it says "look", and nothing more.
	flag atomic.Bool
	bell chan struct{}

	mu    sync.Mutex // makes setting the flag one step with the cause and the bell, and clearing it too
	cause error      // of the interrupt that set the flag
}

// Go calls f in a new goroutine and returns its handle, which f gets too. The name is
// for people. A panic in f is not recovered.
func Go(name string, f func(h *Handle) error) *Handle {
	h := &Handle{name: name, done: make(chan struct{}), bell: make(chan struct{}, 1)}
	go func() {
		defer close(h.done)
		h.err = f(h)
	}()
	return h
}

// Name returns the name that Go was given.
func (h *Handle) Name() string { return h.name }

// Done returns a channel that is closed when the goroutine has ended.
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
	defer h.mu.Unlock()
	if h.flag.Load() {
		return
	}
	h.cause = cause
	h.flag.Store(true)
	select {
	case h.bell <- struct{}{}:
	default:
	}
}

// IsInterrupted reports whether the flag is set, and leaves it as it is.
func (h *Handle) IsInterrupted() bool { return h.flag.Load() }

// Interrupted reports whether the flag is set, and clears it: a second call returns
// false unless somebody has interrupted in between.
func (h *Handle) Interrupted() bool {
	set, _ := h.clear()
	return set
}

// Check returns an *Error for op and clears the flag if it is set, else nil. It is the
// look to take in a loop that does not block.
func (h *Handle) Check(op string) error {
	if set, cause := h.clear(); set {
		return &Error{Op: op, Cause: cause}
	}
	return nil
}

// Restore sets the flag again, with its cause, if err is or wraps an *Error: for code
// that must handle the error here but wants its caller to see the interrupt too. Any
// other err has no effect.
func (h *Handle) Restore(err error) {
	if e, ok := errors.AsType[*Error](err); ok {
		h.InterruptCause(e.Cause)
	}
}

// Sleep returns nil after d, or an *Error, with the flag cleared, as soon as the
// goroutine is interrupted: at once if it was interrupted before the call, even if d
// is zero.
func (h *Handle) Sleep(d time.Duration) error {
	const op = "sleep"
	if err := h.Check(op); err != nil {
		return err
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return nil
		case <-h.bell:
			if err := h.Check(op); err != nil {
				return err
			}
		}
	}
}

// clear clears the flag and empties the bell, in one step.
func (h *Handle) clear() (set bool, cause error) {
	if !h.flag.Load() {
		return false, nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.flag.Load() {
		return false, nil
	}
	select {
	case <-h.bell:
	default: // a blocked operation has taken the token and is about to look
	}
	cause, h.cause = h.cause, nil
	h.flag.Store(false)
	return true, cause
}
