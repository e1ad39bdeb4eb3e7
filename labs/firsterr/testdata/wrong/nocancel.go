package firsterr

import (
	"context"
	"sync"
)

// Run keeps the first error, but tells nobody: the others do the rest of their work,
// though its result is not wanted any more.
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
			if err := task(ctx); err != nil {
				once.Do(func() { first = err })
			}
		})
	}
	wg.Wait()
	return first
}

// verdict: assert: not told to stop
