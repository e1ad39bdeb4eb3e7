package secondkey

import (
	"context"
	"os"
)

// Run runs work until it ends or two signals have come; see Runner.
//
// This one knows one signal, and no mercy.
func Run(ctx context.Context, s Signals, work Work) error {
	keys := make(chan os.Signal, 1)
	s.Notify(keys, os.Interrupt)
	done := make(chan error, 1)
	go func() { done <- work(ctx) }()
	select {
	case err := <-done:
		return err
	case <-keys:
		return ErrKilled
	}
}
