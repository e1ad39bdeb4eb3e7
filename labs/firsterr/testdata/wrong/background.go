package firsterr

import (
	"context"
	"sync"
)

// Run derives the context of the tasks from nothing: whoever called Run can neither
// hand them values nor stop them.
func Run(_ context.Context, tasks ...Task) error {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)

	var (
		wg    sync.WaitGroup
		once  sync.Once
		first error
	)
	for _, task := range tasks {
		wg.Go(func() {
			if err := task(ctx); err != nil {
				once.Do(func() {
					first = err
					cancel(err)
				})
			}
		})
	}
	wg.Wait()
	return first
}

// verdict: assert: does not carry the values
