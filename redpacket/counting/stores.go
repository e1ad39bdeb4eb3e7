package counting

import (
	"sync"
	"sync/atomic"

	"lab.example/gopark/redpacket/grab"
)

// careless is a map with a lock, and every access to the map is under the lock. Neither the
// runtime nor the race detector has anything to say against it.
type careless struct {
	mu    sync.Mutex
	drawn map[int64]int
}

func (s *careless) read(amount int64) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drawn[amount]
}

func (s *careless) write(amount int64, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drawn[amount] = n
}

// careful is the same map and the same lock, held from the reading to the writing.
type careful struct {
	mu    sync.Mutex
	drawn map[int64]int
}

func (s *careful) add(amount int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drawn[amount]++
}

func (s *careful) total() int { return totalOf(s.drawn) }

// atomics is a counter for each amount, which adds in one step of its own.
type atomics struct {
	least int64
	drawn []atomic.Int64
}

func newAtomics(least, most int64) *atomics {
	return &atomics{least: least, drawn: make([]atomic.Int64, most-least+1)}
}

func (s *atomics) add(amount int64) { s.drawn[amount-s.least].Add(1) }

func (s *atomics) total() (n int) {
	for i := range s.drawn {
		n += int(s.drawn[i].Load())
	}
	return n
}

// count counts no draws: it looks at what the envelope has given up to one moment. So it does
// not have to be told of anything, and cannot be told twice.
func count(e grab.Envelope) map[int64]int {
	drawn := make(map[int64]int)
	for _, g := range e.Grants() {
		drawn[g.Amount]++
	}
	return drawn
}

func totalOf(drawn map[int64]int) (n int) {
	for _, k := range drawn {
		n += k
	}
	return n
}

// hasty is an envelope that looks whether there is a part and then takes it. Each is a step of
// its own under the lock.
type hasty struct {
	mu    sync.Mutex
	parts int
	given int
}

func (e *hasty) anyLeft() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.given < e.parts
}

func (e *hasty) take() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.given++
}
