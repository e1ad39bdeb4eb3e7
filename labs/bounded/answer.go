package bounded

import (
	"context"
	"sync"
	"sync/atomic"
)

// Run carries out jobs, at most limit at the same time; see Runner.
func Run(ctx context.Context, limit int, jobs []Job) error {
	var (
		wg   sync.WaitGroup
		next atomic.Int64 // the job that nobody has taken yet
	)
	for range min(limit, len(jobs)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := next.Add(1) - 1
				if i >= int64(len(jobs)) {
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
