package firsterr

import (
	"context"
	"sync"
)

var (
	mu    sync.Mutex
	first error
)

// Run keeps the first error where every call finds it, also that of another call.
func Run(ctx context.Context, tasks ...Task) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	mu.Lock()
	first = nil
	mu.Unlock()
	var wg sync.WaitGroup
	for _, task := range tasks {
		wg.Go(func() {
			if err := task(ctx); err != nil {
				mu.Lock()
				defer mu.Unlock()
				if first == nil {
					first = err
					cancel(err)
				}
			}
		})
	}
	wg.Wait()
	mu.Lock()
	defer mu.Unlock()
	return first
}

// verdict: assert: what Run remembers must be its own
