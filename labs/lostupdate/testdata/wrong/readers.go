package lostupdate

import "sync"

// New returns a counter whose Add takes the lock of a reader: that one is shared.
func New(store Store) Counter { return &counter{store: store} }

type counter struct {
	mu    sync.RWMutex
	store Store
}

func (c *counter) Add(delta int) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	sum := c.store.Load() + delta
	c.store.Save(sum)
	return sum
}

func (c *counter) Value() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.store.Load()
}

// verdict: assert: both loaded 0 before either had saved
