package secondkey

import (
	"context"
	"os"
	"syscall"
)

// Run leaves the work alone with its result.
func Run(ctx context.Context, s Signals, work Work) error {
	keys := make(chan os.Signal, 2) // has room for both, whatever we are doing when they come
	s.Notify(keys, os.Interrupt, syscall.SIGTERM)
	defer s.Stop(keys)

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done := make(chan error)
	go func() { done <- work(ctx) }()

	select {
	case err := <-done:
		return err
	case key := <-keys:
		cancel(&Interrupted{key})
	}
	select {
	case err := <-done:
		return err
	case <-keys:
		return ErrKilled
	}
}

// verdict: leak: goroutines still blocked when the test was over
