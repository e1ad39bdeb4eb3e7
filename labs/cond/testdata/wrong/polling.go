package cond

import (
	"sync"
	"time"
)

// New returns a stock in which who waits sleeps and looks, and sleeps and looks.
func New() Stock {
	return new(stock)
}

type stock struct {
	mu     sync.Mutex // guards have and closed
	have   int
	closed bool
}

func (s *stock) Add(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.have += n
}

func (s *stock) Take(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.have < n && !s.closed {
		s.mu.Unlock()
		time.Sleep(time.Millisecond)
		s.mu.Lock()
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

// verdict: assert: it looks from time to time
