package bounded

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Run knows better than its caller how many workers are good. But jobs that wait for a
// network need no processor.
func Run(ctx context.Context, limit int, jobs []Job) error {
	var (
		wg   sync.WaitGroup
		next atomic.Int64
	)
	for range min(limit, len(jobs), runtime.NumCPU()) {
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

// verdict: assert: with a limit of
