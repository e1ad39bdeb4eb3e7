package firsterr

import (
	"context"
	"sync"
)

// Run needs no lock, because every task has an element of its own. But the first
// element is not the first in time.
func Run(ctx context.Context, tasks ...Task) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	var wg sync.WaitGroup
	results := make([]error, len(tasks))
	for i, task := range tasks {
		wg.Go(func() {
			if results[i] = task(ctx); results[i] != nil {
				cancel(results[i])
			}
		})
	}
	wg.Wait()
	for _, err := range results {
		if err != nil {
			return err
		}
	}
	return nil
}

// verdict: assert: first in the order of the arguments
