package supervise

import (
	"context"
	"errors"
	"runtime/debug"
	"time"
)

// Keep never gives up. The process is alive, and the work is not done.
func Keep(ctx context.Context, p Policy, work Worker) error {
	for {
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

// verdict: assert: a supervisor that never gives up
