package supervise

import (
	"context"
	"runtime/debug"
	"time"
)

// Keep starts the worker again and again, and tells somebody only when it gives up. Nobody
// learns of what went wrong as long as it gets better.
func Keep(ctx context.Context, p Policy, work Worker) error {
	for runs := 1; ; runs++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		failure := once(ctx, work)
		if failure == nil {
			return nil
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
			// The frames that panicked are still there, below this one.
			failure = &Panic{Value: value, Stack: string(debug.Stack())}
		}
	}()
	return work(ctx)
}

// verdict: assert: Failed was never told
