package cond

import "sync"

// New returns a stock at which everybody queues: first come, first served.
func New() Stock { return new(stock) }

type stock struct {
	mu     sync.Mutex // guards the rest
	have   int
	closed bool
	queue  []*waiter
}

type waiter struct {
	wants  int
	served chan bool // has room for one
}

func (s *stock) Add(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.have += n
	for len(s.queue) > 0 && s.queue[0].wants <= s.have {
		s.have -= s.queue[0].wants
		s.queue[0].served <- true
		s.queue = s.queue[1:]
	}
}

func (s *stock) Take(n int) bool {
	s.mu.Lock()
	if len(s.queue) == 0 && s.have >= n {
		defer s.mu.Unlock()
		s.have -= n
		return true
	}
	if s.closed {
		defer s.mu.Unlock()
		return false
	}
	w := &waiter{n, make(chan bool, 1)}
	s.queue = append(s.queue, w)
	s.mu.Unlock()
	return <-w.served
}

func (s *stock) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, w := range s.queue {
		w.served <- false
	}
	s.queue = nil
}

// verdict: assert: keeps everybody behind him waiting
