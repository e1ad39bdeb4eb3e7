package cond

import "sync"

// New returns a stock from which one takes what is there and waits for the rest.
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
	taken := 0
	for {
		part := min(n-taken, s.have)
		s.have -= part
		taken += part
		if taken == n {
			return true
		}
		if s.closed {
			s.have += taken
			return false
		}
		s.changed.Wait()
	}
}

func (s *stock) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.changed.Broadcast()
}

// verdict: assert: one who waits for 5 has taken a part of them
