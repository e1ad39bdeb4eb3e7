package bounded

import (
	"context"
	"sync"
	"sync/atomic"
)

// Run has a goroutine that feeds the workers. When the context ends the workers go
// home, and nobody tells the one that feeds them.
func Run(ctx context.Context, limit int, jobs []Job) error {
	queue := make(chan Job)
	go func() {
		defer close(queue)
		for _, job := range jobs {
			queue <- job
		}
	}()
	var wg sync.WaitGroup
	var begun atomic.Int64
	for range min(limit, len(jobs)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				job, ok := <-queue
				if !ok {
					return
				}
				if ctx.Err() == nil {
					begun.Add(1)
					job(ctx)
				}
			}
		})
	}
	wg.Wait()
	if begun.Load() < int64(len(jobs)) {
		return context.Cause(ctx)
	}
	return nil
}

// verdict: leak: goroutines still blocked
