package supervise

import (
	"context"
	"errors"
	"runtime/debug"
	"time"
)

// Keep leaves when its context ends, and does not wait for the worker.
func Keep(ctx context.Context, p Policy, work Worker) error {
	for runs := 1; ; runs++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		result := make(chan error, 1)
		go func() { result <- once(ctx, work) }()
		var failure error
		select {
		case failure = <-result:
		case <-ctx.Done():
			return context.Cause(ctx)
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
			// The frames that panicked are still there, below this one.
			failure = &Panic{Value: value, Stack: string(debug.Stack())}
		}
	}()
	return work(ctx)
}

// verdict: leak: Keep returned while the worker was still cleaning up
