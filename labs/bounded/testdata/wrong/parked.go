package bounded

import (
	"context"
	"sync"
	"sync/atomic"
)

// Run limits how many jobs run, but not how many goroutines there are: each job has one,
// and nearly all of them wait for a place. They do so in no particular order.
func Run(ctx context.Context, limit int, jobs []Job) error {
	places := make(chan struct{}, limit)
	var wg sync.WaitGroup
	var begun atomic.Int64
	turn := make([]chan struct{}, len(jobs)+1)
	for i := range turn {
		turn[i] = make(chan struct{})
	}
	close(turn[0])
	for i, job := range jobs {
		wg.Go(func() {
			<-turn[i]
			places <- struct{}{}
			close(turn[i+1])
			defer func() { <-places }()
			if ctx.Err() == nil {
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

// verdict: assert: a goroutine for every job
