package cause

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Do takes every error that comes after the end for one that comes from it.
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
	if err == nil || ctx.Err() == nil || errors.Is(err, context.Cause(ctx)) {
		return err
	}
	return fmt.Errorf("%w: %w", err, context.Cause(ctx))
}

// verdict: assert: which is not the end of its context
