package semaphore

import (
	"container/list"
	"context"
	"sync"
)

// New returns a semaphore with a queue. Whoever leaves it does not look whether he has just
// been given a place.
func New(places int) Semaphore { return &semaphore{free: places, places: places} }

type semaphore struct {
	places int

	mu    sync.Mutex
	free  int
	queue list.List // of chan struct{}, closed for who is given a place
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
	mine := make(chan struct{})
	place := s.queue.PushBack(mine)
	s.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
		s.mu.Lock()
		defer s.mu.Unlock()
		s.queue.Remove(place)
		return context.Cause(ctx)
	}
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

func (s *semaphore) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if first := s.queue.Front(); first != nil {
		close(s.queue.Remove(first).(chan struct{}))
		return
	}
	if s.free == s.places {
		panic("semaphore: Release without a place that is taken")
	}
	s.free++
}

// verdict: assert: it was given back when the context ended
