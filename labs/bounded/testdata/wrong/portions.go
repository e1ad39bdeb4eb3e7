package bounded

import (
	"context"
	"sync"
	"sync/atomic"
)

// Run deals the jobs out like cards before the game: whoever got the long ones is still
// at it when the others have nothing left to do.
func Run(ctx context.Context, limit int, jobs []Job) error {
	var wg sync.WaitGroup
	var skipped atomic.Bool
	for w := range min(limit, len(jobs)) {
		wg.Go(func() {
			for i := w; i < len(jobs); i += limit {
				if ctx.Err() != nil {
					skipped.Store(true)
					return
				}
				jobs[i](ctx)
			}
		})
	}
	wg.Wait()
	if skipped.Load() {
		return context.Cause(ctx)
	}
	return nil
}

// verdict: assert: a worker was idle
