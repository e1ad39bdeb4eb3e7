package cond

import "sync"

// New returns an empty stock; see Stock.
func New() Stock { return new(stock) }

type stock struct {
	mu   sync.Mutex
	have int
}

func (s *stock) Add(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.have += n
}

// Take does not wait: what is not there is not there.
func (s *stock) Take(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.have < n {
		return false
	}
	s.have -= n
	return true
}

func (s *stock) Close() {}
