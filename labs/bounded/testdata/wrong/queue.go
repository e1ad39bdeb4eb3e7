package bounded

import (
	"context"
	"sync"
	"sync/atomic"
)

// Run puts all jobs into a channel that has room for them, so that nobody needs to fill it
// beside the workers: a second list of everything that there is to do.
func Run(ctx context.Context, limit int, jobs []Job) error {
	queue := make(chan Job, len(jobs))
	for _, job := range jobs {
		queue <- job
	}
	close(queue)
	var wg sync.WaitGroup
	var begun atomic.Int64
	for range min(limit, len(jobs)) {
		wg.Go(func() {
			for job := range queue {
				if ctx.Err() != nil {
					return
				}
				begun.Add(1)
				job(ctx)
			}
		})
	}
	wg.Wait()
	if begun.Load() < int64(len(jobs)) {
		return context.Cause(ctx)
	}
	return nil
}

// verdict: assert: memory for every job
