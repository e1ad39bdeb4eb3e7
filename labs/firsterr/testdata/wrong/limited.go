package firsterr

import (
	"context"
	"sync"
)

// Run lets at most 64 tasks run at the same time. Those that wait for others of the same
// call wait for ever if these come later.
func Run(ctx context.Context, tasks ...Task) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	var (
		wg    sync.WaitGroup
		once  sync.Once
		first error
		slots = make(chan struct{}, 64)
	)
	for _, task := range tasks {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
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

// verdict: assert: did not all run at the same time
