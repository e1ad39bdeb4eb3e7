package cause

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Do looks afterwards what may have been the reason. When the call has cleaned up, quit may
// be closed that was open when the time was over.
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
	why := context.Cause(ctx)
	select {
	case <-quit:
		why = ErrQuit
	default:
	}
	return fmt.Errorf("%w: %w", err, why)
}

// verdict: assert: the wrong cause
