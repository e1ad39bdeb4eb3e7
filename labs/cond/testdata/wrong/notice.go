package cond

import "sync"

// New returns a stock with a channel in place of the Cond, which has room for one notice. Who
// gets it tells nobody else, although there may be enough for more.
func New() Stock { return &stock{notice: make(chan struct{}, 1), over: make(chan struct{})} }

type stock struct {
	mu     sync.Mutex
	have   int
	notice chan struct{}
	over   chan struct{}
	close  sync.Once
}

func (s *stock) Add(n int) {
	s.mu.Lock()
	s.have += n
	s.mu.Unlock()
	select {
	case s.notice <- struct{}{}:
	default: // there is one already
	}
}

func (s *stock) Take(n int) bool {
	for {
		if s.try(n) {
			return true
		}
		select {
		case <-s.notice:
		case <-s.over:
			return s.try(n)
		}
	}
}

func (s *stock) try(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.have < n {
		return false
	}
	s.have -= n
	return true
}

func (s *stock) Close() { s.close.Do(func() { close(s.over) }) }

// verdict: assert: lost wake-up
