package bounded

import (
	"context"
	"sync"
	"sync/atomic"
)

// Run hands the context to the jobs and takes no notice of it itself.
func Run(ctx context.Context, limit int, jobs []Job) error {
	var (
		wg   sync.WaitGroup
		next atomic.Int64
	)
	for range min(limit, len(jobs)) {
		wg.Go(func() {
			for {
				i := next.Add(1) - 1
				if i >= int64(len(jobs)) {
					return
				}
				jobs[i](ctx)
			}
		})
	}
	wg.Wait()
	return nil
}

// verdict: assert: but Run went on
