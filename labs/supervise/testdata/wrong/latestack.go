package supervise

import (
	"context"
	"errors"
	"runtime/debug"
	"time"
)

// Keep asks for the stack where it needs it. By then the frames that panicked are gone.
func Keep(ctx context.Context, p Policy, work Worker) error {
	for runs := 1; ; runs++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		failure := once(ctx, work)
		if p, panicked := errors.AsType[*Panic](failure); panicked {
			p.Stack = string(debug.Stack())
		}
		if failure == nil {
			return nil
		}
		if _, panicked := errors.AsType[*Panic](failure); panicked || ctx.Err() == nil {
			p.Failed(failure)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if runs > p.Restarts {
			return &GaveUp{Runs: runs, Last: failure}
		}
		select {
		case <-ctx.Done(): // seen above
		case <-time.After(p.Pause):
		}
	}
}

// once is one run. It is the frame that a panic ends.
func once(ctx context.Context, work Worker) (failure error) {
	defer func() {
		if value := recover(); value != nil {
			failure = &Panic{Value: value}
		}
	}()
	return work(ctx)
}

// verdict: assert: a stack without the function that panicked
