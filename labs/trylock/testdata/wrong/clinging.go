package trylock

import (
	"context"
	"time"
)

// Both keeps its first lock, and tries to get the second one again and again.
func Both(ctx context.Context, a, b Lock, patience time.Duration, pause Pause, work func()) error {
	wait := func() {
		select {
		case <-time.After(pause()):
		case <-ctx.Done():
		}
	}
	for ctx.Err() == nil {
		if !a.TryLock(ctx, patience) {
			wait()
			continue
		}
		defer a.Unlock()
		for ctx.Err() == nil {
			if b.TryLock(ctx, patience) {
				defer b.Unlock()
				work()
				return nil
			}
			wait()
		}
	}
	return context.Cause(ctx)
}

// verdict: assert: stays out of the way with a lock in its hand
