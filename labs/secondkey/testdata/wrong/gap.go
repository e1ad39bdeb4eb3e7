package secondkey

import (
	"context"
	"os"
	"syscall"
)

// Run asks for the second signal when the first has come.
func Run(ctx context.Context, s Signals, work Work) error {
	keys := make(chan os.Signal, 1)
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
	s.Stop(keys)
	again := make(chan os.Signal, 1)
	s.Notify(again, os.Interrupt, syscall.SIGTERM)
	defer s.Stop(again)
	select {
	case err := <-done:
		return err
	case <-again:
		return ErrKilled
	}
}

// verdict: assert: one that comes between the two has its usual effect
