package lostupdate

import "sync"

// New returns a counter that unlocks on the way that it usually takes.
func New(store Store) Counter { return &counter{store: store} }

type counter struct {
	mu    sync.Mutex
	store Store
}

func (c *counter) Add(delta int) int {
	c.mu.Lock()
	sum := c.store.Load() + delta
	c.store.Save(sum)
	c.mu.Unlock()
	return sum
}

func (c *counter) Value() int { return c.store.Load() }

// verdict: deadlock: the counter stays locked, because the store panicked once
