package firsterr

import (
	"context"
	"sync"
)

// Run decides for one error with a Once, as it should, and counts the failures beside
// it, where nothing orders the goroutines. A count that is too small changes nothing
// here, so no test can see it: only the race detector does.
func Run(ctx context.Context, tasks ...Task) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	var (
		wg     sync.WaitGroup
		once   sync.Once
		first  error
		failed int
	)
	for _, task := range tasks {
		wg.Go(func() {
			if err := task(ctx); err != nil {
				failed++
				once.Do(func() {
					first = err
					cancel(err)
				})
			}
		})
	}
	wg.Wait()
	if failed == 0 {
		return nil
	}
	return first
}

// verdict: race: nothing orders them
