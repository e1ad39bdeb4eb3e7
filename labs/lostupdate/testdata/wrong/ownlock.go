package lostupdate

import "sync"

// New returns a counter that locks, but every call has a lock to itself.
func New(store Store) Counter { return &counter{store: store} }

type counter struct{ store Store }

func (c *counter) Add(delta int) int {
	var mu sync.Mutex
	mu.Lock()
	defer mu.Unlock()
	sum := c.store.Load() + delta
	c.store.Save(sum)
	return sum
}

func (c *counter) Value() int { return c.store.Load() }

// verdict: assert: an update is lost
