package bounded

import (
	"context"
	"sync"
	"sync/atomic"
)

// Run returns when its context ends. Its workers need longer.
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
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	if next.Load() < int64(len(jobs)) {
		return context.Cause(ctx)
	}
	return nil
}

// verdict: leak: Run returned before
