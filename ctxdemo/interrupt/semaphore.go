package interrupt

import (
	"container/list"
	"sync"
	"time"
)

// Semaphore is a number of permits, and a queue for them: a permit that is released goes to
// whoever has waited longest. Nobody owns a permit: Release may be called by anybody, and
// without an Acquire before it adds one. It must be made by NewSemaphore.
type Semaphore struct {
	mu      sync.Mutex
	free    int       // permits; 0 while somebody waits
	waiting list.List // of chan struct{}; closing one hands a permit over
}

// NewSemaphore returns a semaphore of n permits. It panics if n is negative.
func NewSemaphore(n int) *Semaphore {
	if n < 0 {
		panic("interrupt: a semaphore of less than no permits")
	}
	return &Semaphore{free: n}
}

// Acquire takes a permit, and waits for one if there is none. If h is interrupted, before or
// while it waits, the error is an *Error and no permit was taken, even if there was one. An
// interrupt that comes after a permit was handed over is kept for the next operation.
func (s *Semaphore) Acquire(h *Handle) error {
	_, err := s.acquire(h, nil)
	return err
}

// TryAcquireFor is Acquire that waits for d at the latest, then returns false. It looks at
// the flag first, even if d is zero.
func (s *Semaphore) TryAcquireFor(h *Handle, d time.Duration) (bool, error) {
	late, stop := in(d)
	defer stop()
	return s.acquire(h, late)
}

// AcquireUninterruptibly takes a permit and knows no flag: one that is set remains so.
func (s *Semaphore) AcquireUninterruptibly() {
	if place := s.enter(); place != nil {
		<-granted(place)
	}
}

// TryAcquire takes a permit if there is one, and looks at no flag.
func (s *Semaphore) TryAcquire() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free == 0 {
		return false
	}
	s.free--
	return true
}

// Release gives a permit back, or adds one.
func (s *Semaphore) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if first := s.waiting.Front(); first != nil {
		close(s.waiting.Remove(first).(chan struct{}))
		return
	}
	s.free++
}

// Available returns the number of permits that are free at the moment.
func (s *Semaphore) Available() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.free
}

func (s *Semaphore) acquire(h *Handle, late <-chan time.Time) (bool, error) {
	const op = "acquire"
	if err := h.Check(op); err != nil {
		return false, err
	}
	place := s.enter()
	if place == nil {
		return true, nil
	}
	how := h.await(granted(place), late)
	if how == happened || !s.leave(place) {
		return true, nil
	}
	if how == expired {
		return false, nil
	}
	return false, h.Check(op)
}

// enter takes a permit and returns nil, or a place in the queue if there is none.
func (s *Semaphore) enter() (place *list.Element) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free > 0 {
		s.free--
		return nil
	}
	return s.waiting.PushBack(make(chan struct{}))
}

// leave gives a place up. It returns false if a permit has come to it in the meantime: then
// it is the caller's, and must be used or released.
func (s *Semaphore) leave(place *list.Element) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-granted(place):
		return false
	default:
		s.waiting.Remove(place)
		return true
	}
}

// granted returns the channel that is closed when a permit has come to the place.
func granted(place *list.Element) chan struct{} { return place.Value.(chan struct{}) }
