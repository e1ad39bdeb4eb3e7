package supervise

import (
	"context"
	"runtime/debug"
	"time"
)

// Keep recovers around its loop. A panic is stopped, and told, and the loop is over.
func Keep(ctx context.Context, p Policy, work Worker) (err error) {
	defer func() {
		if value := recover(); value != nil {
			failure := &Panic{Value: value, Stack: string(debug.Stack())}
			p.Failed(failure)
			err = &GaveUp{Runs: 1, Last: failure}
		}
	}()
	for runs := 1; ; runs++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		failure := work(ctx)
		if failure == nil {
			return nil
		}
		p.Failed(failure)
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

// verdict: assert: was never started again
