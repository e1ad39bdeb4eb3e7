package trylock

import (
	"context"
	"errors"
	"time"
)

// Both does work while it holds both locks; see Locker.
//
// This one tries once, and then gives up. Keep what is right about it, and change the rest.
func Both(ctx context.Context, a, b Lock, patience time.Duration, pause Pause, work func()) error {
	if !a.TryLock(ctx, patience) {
		return errors.New("a is held by somebody else")
	}
	if !b.TryLock(ctx, patience) {
		a.Unlock()
		return errors.New("b is held by somebody else")
	}
	work()
	b.Unlock()
	a.Unlock()
	return nil
}
