package shutdown

import (
	"context"
	"errors"
	"time"
)

// Run has nobody who receives what Serve returns when it was stopped.
func Run(ctx context.Context, s Server, limit time.Duration) error {
	served := make(chan error)
	go func() { served <- s.Serve() }()
	select {
	case err := <-served:
		if ctx.Err() == nil {
			return err
		}
	case <-ctx.Done():
	}
	return stop(context.WithoutCancel(ctx), s, limit)
}

// stop lets the requests finish, for so long. What Serve returns by now does not matter:
// it says that there are no new requests, not that the old ones are done.
func stop(ctx context.Context, s Server, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := s.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		s.Close()
		return ErrCut
	}
	return err
}

// verdict: leak: goroutines still blocked when the test was over
