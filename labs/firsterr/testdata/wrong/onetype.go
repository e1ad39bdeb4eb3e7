package firsterr

import (
	"context"
	"sync"
	"sync/atomic"
)

// Run keeps the first error in an atomic.Value, which takes values of one type only. It goes
// well until two tasks fail with errors of different types.
func Run(ctx context.Context, tasks ...Task) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	var wg sync.WaitGroup
	var first atomic.Value
	for _, task := range tasks {
		wg.Go(func() {
			if err := task(ctx); err != nil && first.CompareAndSwap(nil, err) {
				cancel(err)
			}
		})
	}
	wg.Wait()
	err, _ := first.Load().(error)
	return err
}

// verdict: panic: inconsistently typed value
