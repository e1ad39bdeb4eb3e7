package cond

import "sync"

// New returns a stock that closes the door and tells nobody who waits inside.
func New() Stock {
	s := new(stock)
	s.changed.L = &s.mu
	return s
}

type stock struct {
	mu     sync.Mutex // guards have and closed
	have   int
	closed bool

	changed sync.Cond // there is more, or it is closed
}

func (s *stock) Add(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.have += n
	s.changed.Broadcast()
}

func (s *stock) Take(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.have < n && !s.closed {
		s.changed.Wait()
	}
	if s.have < n {
		return false
	}
	s.have -= n
	return true
}

func (s *stock) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

// verdict: leak: calls of Take still wait
