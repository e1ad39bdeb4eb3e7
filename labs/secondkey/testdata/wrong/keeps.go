package secondkey

import (
	"context"
	"os"
	"syscall"
)

// Run keeps the signals for itself when it is over.
func Run(ctx context.Context, s Signals, work Work) error {
	keys := make(chan os.Signal, 2) // has room for both, whatever we are doing when they come
	s.Notify(keys, os.Interrupt, syscall.SIGTERM)

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done := make(chan error, 1) // has room: after a second signal nobody receives
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

// verdict: assert: from now on the program cannot be interrupted
