package trylock

import (
	"context"
	"time"
)

// Both gives back its locks, if work returns.
func Both(ctx context.Context, a, b Lock, patience time.Duration, pause Pause, work func()) error {
	for ctx.Err() == nil {
		if attempt(ctx, a, b, patience, work) {
			return nil
		}
		if ctx.Err() != nil {
			break
		}
		select {
		case <-time.After(pause()):
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
	if !b.TryLock(ctx, patience) {
		a.Unlock()
		return false
	}
	work()
	b.Unlock()
	a.Unlock()
	return true
}

// verdict: assert: one whose work panicked has left
