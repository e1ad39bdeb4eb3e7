package cause

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Do carries out call; see Doer.
func Do(ctx context.Context, limit time.Duration, quit <-chan struct{}, call Call) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, ErrSlow)
	defer cancel()

	select {
	case <-quit:
		stop(ErrQuit)
	default:
		watched := make(chan struct{})
		defer func() { <-watched }()
		over := make(chan struct{})
		defer close(over)
		go func() {
			defer close(watched)
			select {
			case <-quit:
				stop(ErrQuit)
			case <-over:
			}
		}()
	}

	err := call(ctx)
	// Before anything of our own ends the context.
	if err == nil || ctx.Err() == nil || !errors.Is(err, ctx.Err()) {
		return err
	}
	return fmt.Errorf("%w: %w", err, context.Cause(ctx))
}
