package semaphore

import "context"

// New returns a semaphore that counts how many were ever inside, and nothing orders those
// who count.
func New(places int) Semaphore { return &semaphore{places: make(chan struct{}, places)} }

type semaphore struct {
	places chan struct{}
	served int
}

func (s *semaphore) Acquire(ctx context.Context) error {
	if ctx.Err() != nil { // select would toss a coin
		return context.Cause(ctx)
	}
	select {
	case s.places <- struct{}{}:
		s.served++
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *semaphore) TryAcquire() bool {
	select {
	case s.places <- struct{}{}:
		return true
	default:
		return false
	}
}

func (s *semaphore) Release() {
	select {
	case <-s.places:
	default:
		panic("semaphore: Release without a place that is taken")
	}
}

// verdict: race: nothing orders them
