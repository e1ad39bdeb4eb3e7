package firsterr

import "context"

// Run returns as soon as it knows the result. The channel has room for everyone, so
// nobody is stuck for ever, but the tasks that are still busy outlive Run: what they
// hold, they still hold.
func Run(ctx context.Context, tasks ...Task) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	results := make(chan error, len(tasks))
	for _, task := range tasks {
		go func() { results <- task(ctx) }()
	}
	for range tasks {
		if err := <-results; err != nil {
			cancel(err)
			return err
		}
	}
	return nil
}

// verdict: leak: Run returned while others were still running
