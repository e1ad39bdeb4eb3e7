package semaphore

import (
	"context"
	"sync/atomic"
)

// New returns a semaphore that wakes who waits, and leaves the place to whoever is faster.
func New(places int) Semaphore {
	return &semaphore{places: int64(places), wake: make(chan struct{}, places)}
}

type semaphore struct {
	places int64
	taken  atomic.Int64
	wake   chan struct{}
}

func (s *semaphore) Acquire(ctx context.Context) error {
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if s.TryAcquire() {
			return nil
		}
		select {
		case <-s.wake:
		case <-ctx.Done():
		}
	}
}

func (s *semaphore) TryAcquire() bool {
	for {
		n := s.taken.Load()
		if n == s.places {
			return false
		}
		if s.taken.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (s *semaphore) Release() {
	if s.taken.Add(-1) < 0 {
		s.taken.Add(1)
		panic("semaphore: Release without a place that is taken")
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// verdict: assert: TryAcquire took it
