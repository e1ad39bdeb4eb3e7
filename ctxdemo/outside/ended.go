package outside

import (
	"context"
	"errors"
	"time"

	"lab.example/gopark/internal/experiment"
)

// ending is a way for a context to end.
type ending string

const (
	byCancel  ending = "cancel(gone)"
	byTimeout ending = "timeout with cause slow"
)

var (
	errGone = errors.New("gone") // the cause of cancellations
	errSlow = errors.New("slow") // the cause of timeouts
)

// call is somebody who takes a context. It calls end in the middle of its work, from any
// goroutine, and returns the error that its caller would get. When end returns ctx is done.
// failed is about the experiment itself.
type call func(ctx context.Context, end func()) (err, failed error)

// inTheMiddle ends a context in the middle of a call. A timeout that is up before the call
// has come so far says something about the machine; then the call is made again, with more
// time. The rule does not look at what the call returns.
func inTheMiddle(parent context.Context, how ending, c call) (err error, of context.Context, failed error) {
	for timeout := 5 * time.Millisecond; timeout < time.Minute; timeout *= 2 {
		var tooLate bool
		if err, of, tooLate, failed = once(parent, how, timeout, c); !tooLate {
			return err, of, failed
		}
	}
	return nil, of, experiment.Unmet("the machine is too busy: a call did not come to its middle in half a minute (%v)", failed)
}

// isDue reports whether ctx has ended or should have: package net looks at the clock, and
// gives up before a timer that is late has ended the context.
func isDue(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && !time.Now().Before(deadline)
}

// once makes a call once. It was too late if its context had ended before its middle.
func once(parent context.Context, how ending, timeout time.Duration, c call) (err error, of context.Context, tooLate bool, failed error) {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	if how == byTimeout {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, timeout, errSlow)
		defer stop()
	}
	inTime := make(chan bool, 1)
	err, failed = c(ctx, func() {
		inTime <- ctx.Err() == nil
		if how == byCancel {
			cancel(errGone)
		}
		<-ctx.Done()
	})
	select {
	case ok := <-inTime:
		return err, ctx, !ok, failed
	default: // it never came to its middle
		return err, ctx, isDue(ctx), failed
	}
}
