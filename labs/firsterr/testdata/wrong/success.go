package firsterr

import (
	"context"
	"sync"
)

// Run lets every task that ends cancel the others. Only the first call of cancel has
// a cause to set, which is right for errors, but success counts as a call too.
func Run(ctx context.Context, tasks ...Task) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	var (
		wg    sync.WaitGroup
		once  sync.Once
		first error
	)
	for _, task := range tasks {
		wg.Go(func() {
			err := task(ctx)
			if err != nil {
				once.Do(func() { first = err })
			}
			cancel(err)
		})
	}
	wg.Wait()
	return first
}

// verdict: assert: a task that returned nil stopped the others
