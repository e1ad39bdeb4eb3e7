package firsterr

import (
	"context"
	"errors"
	"sync"
)

// Run returns everything that went wrong. But once the first error has stopped the
// others, what they return is mostly an echo of it.
func Run(ctx context.Context, tasks ...Task) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	var (
		wg  sync.WaitGroup
		mu  sync.Mutex
		all []error
	)
	for _, task := range tasks {
		wg.Go(func() {
			if err := task(ctx); err != nil {
				mu.Lock()
				defer mu.Unlock()
				all = append(all, err)
				cancel(err)
			}
		})
	}
	wg.Wait()
	return errors.Join(all...)
}

// verdict: assert: neither wrapped nor joined
