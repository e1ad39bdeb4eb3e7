package shutdown

import (
	"context"
	"errors"
	"time"
)

// Run cuts off who takes too long, and calls that a success.
func Run(ctx context.Context, s Server, limit time.Duration) error {
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	select {
	case err := <-served:
		if ctx.Err() == nil {
			return err
		}
	case <-ctx.Done():
		defer func() { <-served }()
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
		return nil
	}
	return err
}

// verdict: assert: a request was cut off, and Run returned nil
