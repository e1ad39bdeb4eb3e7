package firsterr

import (
	"context"
	"sync"
)

// Run waits for the tasks, but not for the goroutines around them: once it has
// received one error, nobody receives the next ones, and their senders wait for ever.
func Run(ctx context.Context, tasks ...Task) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	var wg sync.WaitGroup
	failed := make(chan error)
	for _, task := range tasks {
		wg.Add(1)
		go func() {
			err := task(ctx)
			wg.Done()
			if err != nil {
				cancel(err)
				failed <- err
			}
		}()
	}
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	select {
	case err := <-failed:
		<-done
		return err
	case <-done:
		return context.Cause(ctx)
	}
}

// verdict: leak: goroutines still blocked when the test was over
