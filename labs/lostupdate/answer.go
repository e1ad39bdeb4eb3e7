package lostupdate

import "sync"

// New returns a counter of what is in store; see Counter.
func New(store Store) Counter { return &counter{store: store} }

type counter struct {
	mu    sync.Mutex // from a load to the save that belongs to it
	store Store
}

func (c *counter) Add(delta int) int {
	c.mu.Lock()
	defer c.mu.Unlock() // also if the store panics
	sum := c.store.Load() + delta
	c.store.Save(sum)
	return sum
}

func (c *counter) Value() int { return c.store.Load() }
