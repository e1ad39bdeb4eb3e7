package trylock

import (
	"context"
	"time"
)

// Both sleeps, and hears nothing.
func Both(ctx context.Context, a, b Lock, patience time.Duration, pause Pause, work func()) error {
	for ctx.Err() == nil {
		if attempt(ctx, a, b, patience, work) {
			return nil
		}
		if ctx.Err() != nil {
			break
		}
		time.Sleep(pause())
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

// verdict: assert: while it stayed out of the way, after
