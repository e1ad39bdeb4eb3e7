package lostupdate

import "sync"

// New returns a counter that locks each step, and leaves the door open between them.
func New(store Store) Counter { return &counter{store: store} }

type counter struct {
	mu    sync.Mutex
	store Store
}

func (c *counter) Add(delta int) int {
	c.mu.Lock()
	sum := c.store.Load() + delta
	c.mu.Unlock()

	c.mu.Lock()
	defer c.mu.Unlock()
	c.store.Save(sum)
	return sum
}

func (c *counter) Value() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.store.Load()
}

// verdict: assert: an update is lost
