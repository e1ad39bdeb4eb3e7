package secondkey

import (
	"context"
	"os"
)

// Run asks for every signal that there is.
func Run(ctx context.Context, s Signals, work Work) error {
	keys := make(chan os.Signal, 2) // has room for both, whatever we are doing when they come
	s.Notify(keys)
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

// verdict: assert: want only os.Interrupt and syscall.SIGTERM to do so
