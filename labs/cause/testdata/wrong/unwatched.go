package cause

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Do starts somebody who waits for quit, also when the call is over: most servers quit once, if
// ever.
func Do(ctx context.Context, limit time.Duration, quit <-chan struct{}, call Call) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, ErrSlow)
	defer cancel()

	select {
	case <-quit:
		stop(ErrQuit)
	default:
		go func() {
			<-quit
			stop(ErrQuit)
		}()
	}

	err := call(ctx)
	// Before anything of our own ends the context.
	if err == nil || ctx.Err() == nil || !errors.Is(err, ctx.Err()) {
		return err
	}
	return fmt.Errorf("%w: %w", err, context.Cause(ctx))
}

// verdict: leak: goroutines still blocked
