package firsterr

import (
	"context"
	"sync"
)

// Run guards the error against races, but not against the next error: each one
// overwrites the one before.
func Run(ctx context.Context, tasks ...Task) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		failed error
	)
	for _, task := range tasks {
		wg.Go(func() {
			if err := task(ctx); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = err
				cancel(err)
			}
		})
	}
	wg.Wait()
	return failed
}

// verdict: assert: the error that came last
