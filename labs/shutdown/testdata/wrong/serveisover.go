package shutdown

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// Run calls Shutdown beside Serve, and is over when Serve is: which is when Shutdown has
// just begun.
func Run(ctx context.Context, s Server, limit time.Duration) error {
	go func() {
		<-ctx.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
		defer cancel()
		if s.Shutdown(ctx) != nil {
			s.Close()
		}
	}()
	if err := s.Serve(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// verdict: leak: says nothing about them
