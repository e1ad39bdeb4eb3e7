package semaphore

import (
	"context"
	"errors"
)

// New returns a semaphore with so many places, 1 or more; see Semaphore.
//
// This one does not know how to wait. Keep what is right about it, and change the rest.
func New(places int) Semaphore { return make(semaphore, places) }

// semaphore holds an element for each place that is taken.
type semaphore chan struct{}

func (s semaphore) Acquire(ctx context.Context) error {
	if s.TryAcquire() {
		return nil
	}
	return errors.New("no place is free")
}

func (s semaphore) TryAcquire() bool {
	select {
	case s <- struct{}{}:
		return true
	default:
		return false
	}
}

func (s semaphore) Release() { <-s }
