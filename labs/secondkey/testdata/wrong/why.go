package secondkey

import (
	"context"
	"os"
	"syscall"
)

// Run stops the work, and does not say why.
func Run(ctx context.Context, s Signals, work Work) error {
	keys := make(chan os.Signal, 2) // has room for both, whatever we are doing when they come
	s.Notify(keys, os.Interrupt, syscall.SIGTERM)
	defer s.Stop(keys)

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1) // has room: after a second signal nobody receives
	go func() { done <- work(ctx) }()

	select {
	case err := <-done:
		return err
	case <-keys:
		cancel()
	}
	select {
	case err := <-done:
		return err
	case <-keys:
		return ErrKilled
	}
}

// verdict: assert: want an *Interrupted with that signal
