package bounded

import (
	"context"
	"sync"
	"sync/atomic"
)

// Run starts as many workers as it may, also when there is nothing for them to do.
func Run(ctx context.Context, limit int, jobs []Job) error {
	queue := make(chan Job)
	var wg sync.WaitGroup
	var begun atomic.Int64
	for range limit {
		wg.Go(func() {
			for job := range queue {
				if ctx.Err() == nil {
					begun.Add(1)
					job(ctx)
				}
			}
		})
	}
	for _, job := range jobs {
		queue <- job
	}
	close(queue)
	wg.Wait()
	if begun.Load() < int64(len(jobs)) {
		return context.Cause(ctx)
	}
	return nil
}

// verdict: assert: a goroutine for every place
