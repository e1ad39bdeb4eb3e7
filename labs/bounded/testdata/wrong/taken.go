package bounded

import (
	"context"
	"sync"
	"sync/atomic"
)

// Run takes a job and then asks whether it may still begin it. What was taken and not run
// is missing in the count: if that was the last job, Run says that all were run.
func Run(ctx context.Context, limit int, jobs []Job) error {
	var (
		wg   sync.WaitGroup
		next atomic.Int64
	)
	for range min(limit, len(jobs)) {
		wg.Go(func() {
			for {
				i := next.Add(1) - 1
				if i >= int64(len(jobs)) || ctx.Err() != nil {
					return
				}
				jobs[i](ctx)
			}
		})
	}
	wg.Wait()
	if next.Load() < int64(len(jobs)) {
		return context.Cause(ctx)
	}
	return nil
}

// verdict: assert: never began, but Run returned
