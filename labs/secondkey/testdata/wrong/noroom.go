package secondkey

import (
	"context"
	"os"
	"syscall"
)

// Run listens with a channel that has no room. What comes while it does not wait is lost.
func Run(ctx context.Context, s Signals, work Work) error {
	keys := make(chan os.Signal)
	s.Notify(keys, os.Interrupt, syscall.SIGTERM)
	defer s.Stop(keys)

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

// verdict: assert: a signal is lost
