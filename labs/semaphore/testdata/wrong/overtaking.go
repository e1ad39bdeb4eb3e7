package semaphore

import (
	"context"
	"sync"
)

// New returns a semaphore whose waiters stand in a heap: who came last is on top.
func New(places int) Semaphore { return &semaphore{free: places, places: places} }

type semaphore struct {
	mu           sync.Mutex
	free, places int
	waiting      []chan struct{}
}

func (s *semaphore) TryAcquire() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free == 0 {
		return false
	}
	s.free--
	return true
}

func (s *semaphore) Acquire(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	s.mu.Lock()
	if s.free > 0 {
		s.free--
		s.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	s.waiting = append(s.waiting, turn)
	s.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, w := range s.waiting {
		if w == turn {
			s.waiting = append(s.waiting[:i], s.waiting[i+1:]...)
			return context.Cause(ctx)
		}
	}
	s.giveLocked() // it was my turn all the same
	return context.Cause(ctx)
}

func (s *semaphore) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free == s.places {
		panic("semaphore: Release without a place that is taken")
	}
	s.giveLocked()
}

func (s *semaphore) giveLocked() {
	if last := len(s.waiting) - 1; last >= 0 {
		close(s.waiting[last])
		s.waiting = s.waiting[:last]
		return
	}
	s.free++
}

// verdict: assert: not in the order in which they came
