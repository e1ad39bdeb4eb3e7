package bounded

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Run looks every millisecond whether a worker is free.
func Run(ctx context.Context, limit int, jobs []Job) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	var running atomic.Int64
	for _, job := range jobs {
		for running.Load() >= int64(limit) {
			time.Sleep(time.Millisecond)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		running.Add(1)
		wg.Go(func() {
			job(ctx)
			running.Add(-1)
		})
	}
	return nil
}

// verdict: assert: looks from time to time
