package bounded

import (
	"context"
	"sync"
)

// Run leaves it to a select what comes first, a free worker or the end of the context.
// If both have come, select tosses a coin.
func Run(ctx context.Context, limit int, jobs []Job) error {
	places := make(chan struct{}, limit)
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, job := range jobs {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		wg.Go(func() {
			job(ctx)
			<-places
		})
	}
	return nil
}

// verdict: assert: began although the context had ended before
