package bounded

import (
	"context"
	"sync"
	"sync/atomic"
)

// Run takes the jobs in turn, as it should, and counts beside it how many were run,
// where nothing orders the workers.
func Run(ctx context.Context, limit int, jobs []Job) error {
	var (
		wg   sync.WaitGroup
		next atomic.Int64
		run  int
	)
	for range min(limit, len(jobs)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := next.Add(1) - 1
				if i >= int64(len(jobs)) {
					return
				}
				jobs[i](ctx)
				run++
			}
		})
	}
	wg.Wait()
	if run == 0 && len(jobs) > 0 {
		return context.Cause(ctx)
	}
	if next.Load() < int64(len(jobs)) {
		return context.Cause(ctx)
	}
	return nil
}

// verdict: race: nothing orders them
