// Package ending answers: how does one end a context in the middle of a call, and know that it was
// the middle?
//
// A Way is a way for a context to end. Once makes one call, which tells by itself when it has come
// to its middle; Patiently has it made again for as long as the machine was too slow for that.
package ending

import (
	"context"
	"errors"
	"time"
)

// Way is a way for a context to end.
type Way string

// The ways. Their names are those in the tables.
const (
	Cancel  Way = "cancel(gone)"
	Timeout Way = "timeout with cause slow"
)

// The causes of the ways.
var (
	ErrGone = errors.New("gone") // of Cancel
	ErrSlow = errors.New("slow") // of Timeout
)

// Ways returns all of them.
func Ways() []Way { return []Way{Cancel, Timeout} }

// Trial is what has become of a call.
type Trial struct {
	Context context.Context // its own; it has ended
	Middle  bool            // the call has come to its middle
	TooLate bool            // but its context had ended before, or should have
}

// Once makes a call with a context that ends in its middle. The call says when that is: it calls
// end, at most once, from any goroutine, before it returns. When end returns, ctx is done.
//
// With Timeout, the context ends when timeout is up, whether the call has come to its middle or not.
func (w Way) Once(parent context.Context, timeout time.Duration, call func(ctx context.Context, end func())) Trial {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	if w == Timeout {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, timeout, ErrSlow)
		defer stop()
	}
	inTime := make(chan bool, 1)
	call(ctx, func() {
		inTime <- ctx.Err() == nil
		if w == Cancel {
			cancel(ErrGone)
		}
		<-ctx.Done()
	})
	select {
	case ok := <-inTime:
		return Trial{ctx, true, !ok}
	default:
		return Trial{ctx, false, isDue(ctx)}
	}
}

// isDue reports whether ctx has ended or should have: package net looks at the clock, and gives
// up before a timer that is late has ended the context.
func isDue(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && !time.Now().Before(deadline)
}

// ErrBusy is the error of Patiently when it has lost its patience.
var ErrBusy = errors.New("the machine is too busy: a call did not come to its middle in half a minute")

// Patiently has a call made again, with twice the time, as long as it was too late: a timeout
// that is up before the call has come to its middle says something about the machine. The rule
// does not look at what the call returns. The first time is 5 ms, and the last one is some 20 s; the
// error is ErrBusy then, or the cause of parent if that ends.
func Patiently(parent context.Context, once func(timeout time.Duration) (tooLate bool)) error {
	for timeout := 5 * time.Millisecond; timeout < 30*time.Second; timeout *= 2 {
		if parent.Err() != nil {
			return context.Cause(parent)
		}
		if !once(timeout) {
			return nil
		}
	}
	return ErrBusy
}
