package firsterr

import (
	"context"
	"sync"
)

// Run counts each task when its goroutine runs, and not when it is started: wg.Wait
// may look before anybody has counted, and find nothing to wait for.
func Run(ctx context.Context, tasks ...Task) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	var (
		wg    sync.WaitGroup
		once  sync.Once
		first error
	)
	for _, task := range tasks {
		go func() {
			wg.Add(1)
			defer wg.Done()
			if err := task(ctx); err != nil {
				once.Do(func() {
					first = err
					cancel(err)
				})
			}
		}()
	}
	wg.Wait()
	return first
}

// verdict: vet: WaitGroup.Add called from inside new goroutine
