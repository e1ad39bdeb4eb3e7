package shutdown

import (
	"context"
	"time"
)

// Run serves until ctx ends; see Runner.
//
// This one pulls the plug.
func Run(ctx context.Context, s Server, limit time.Duration) error {
	go func() {
		<-ctx.Done()
		s.Close()
	}()
	return s.Serve()
}
