package cause

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Do asks the context, and not the call, whether the call was through.
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
	if ctx.Err() == nil || err != nil && !errors.Is(err, ctx.Err()) {
		return err
	}
	if err == nil {
		return context.Cause(ctx)
	}
	return fmt.Errorf("%w: %w", err, context.Cause(ctx))
}

// verdict: assert: whoever was nearly through was through
