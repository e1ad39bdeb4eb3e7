package firsterr

import (
	"context"
	"sync"
)

// Run carries out tasks and returns the first error; see Runner.
func Run(ctx context.Context, tasks ...Task) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil) // releases what the derived context holds of its parent

	var (
		wg    sync.WaitGroup
		once  sync.Once
		first error // written in once, read after wg.Wait
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
	// Not context.Cause(ctx): ctx may have ended for its parent's reasons.
	return first
}
