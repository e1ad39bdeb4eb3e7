package bounded

import (
	"context"
	"sync"
	"sync/atomic"
)

// Run reports that its context has ended, also if that took nothing away.
func Run(ctx context.Context, limit int, jobs []Job) error {
	var (
		wg   sync.WaitGroup
		next atomic.Int64
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
	return context.Cause(ctx)
}

// verdict: assert: the end of the context took nothing away
