package bounded

import (
	"context"
	"slices"
	"sync"
)

// Run works in waves: the next one begins when the slowest job of this one has ended,
// and until then the other workers are idle.
func Run(ctx context.Context, limit int, jobs []Job) error {
	for wave := range slices.Chunk(jobs, limit) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		var wg sync.WaitGroup
		for _, job := range wave {
			wg.Go(func() { job(ctx) })
		}
		wg.Wait()
	}
	return nil
}

// verdict: assert: a worker was idle
