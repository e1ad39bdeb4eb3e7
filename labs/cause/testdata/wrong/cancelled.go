package cause

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Do cancels the context when the limit is over: to those who know no causes that looks as
// if somebody had lost interest.
func Do(ctx context.Context, limit time.Duration, quit <-chan struct{}, call Call) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	timer := time.AfterFunc(limit, func() { stop(ErrSlow) })
	defer timer.Stop()

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

// verdict: assert: tell slow from cancelled
