package firsterr

import (
	"context"
	"sync"
)

// Run counts a task as done on the way that it usually takes, and not on the way of a
// failure: wg.Wait waits for one that will never come.
func Run(ctx context.Context, tasks ...Task) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	var (
		wg    sync.WaitGroup
		once  sync.Once
		first error
	)
	for _, task := range tasks {
		wg.Add(1)
		go func() {
			if err := task(ctx); err != nil {
				once.Do(func() {
					first = err
					cancel(err)
				})
				return
			}
			wg.Done()
		}()
	}
	wg.Wait()
	return first
}

// verdict: deadlock: every goroutine waits
