package secondkey

import (
	"context"
	"os"
	"syscall"
)

// Run begins to work, and then to listen.
func Run(ctx context.Context, s Signals, work Work) error {
	keys := make(chan os.Signal, 2) // has room for both, whatever we are doing when they come
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done := make(chan error, 1) // has room: after a second signal nobody receives
	go func() { done <- work(ctx) }()
	s.Notify(keys, os.Interrupt, syscall.SIGTERM)
	defer s.Stop(keys)

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

// verdict: assert: nobody was registered for signals yet
