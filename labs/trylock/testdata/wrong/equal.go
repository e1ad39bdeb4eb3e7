package trylock

import (
	"context"
	"time"
)

// Both stays out of the way for as long as everybody else does.
func Both(ctx context.Context, a, b Lock, patience time.Duration, pause Pause, work func()) error {
	for ctx.Err() == nil {
		if attempt(ctx, a, b, patience, work) {
			return nil
		}
		if ctx.Err() != nil {
			break
		}
		select {
		case <-time.After(patience):
		case <-ctx.Done():
		}
	}
	return context.Cause(ctx)
}

// attempt reports whether it got both locks, and so has done work. It holds none when it returns, or
// panics.
func attempt(ctx context.Context, a, b Lock, patience time.Duration, work func()) bool {
	if !a.TryLock(ctx, patience) {
		return false
	}
	defer a.Unlock()
	if !b.TryLock(ctx, patience) {
		return false
	}
	defer b.Unlock()
	work()
	return true
}

// verdict: assert: livelock: one of two
