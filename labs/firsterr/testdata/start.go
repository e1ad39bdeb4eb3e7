package firsterr

import "context"

// Run carries out tasks and returns the first error; see Runner.
//
// This one is honest about errors, but it knows only one goroutine. Keep what is
// right about it, and change the rest.
func Run(ctx context.Context, tasks ...Task) error {
	for _, task := range tasks {
		if err := task(ctx); err != nil {
			return err
		}
	}
	return nil
}
