package firsterr

import (
	"context"
	"sync"
)

// Run stops waiting when its own context ends. The tasks have been told so too, but
// they need time to clean up, and Run does not give it to them.
func Run(ctx context.Context, tasks ...Task) error {
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	var (
		wg    sync.WaitGroup
		once  sync.Once
		first error
	)
	for _, task := range tasks {
		wg.Go(func() {
			if err := task(inner); err != nil {
				once.Do(func() {
					first = err
					cancel(err)
				})
			}
		})
	}
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	select {
	case <-done:
		return first
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// verdict: leak: Run returned before its task had
