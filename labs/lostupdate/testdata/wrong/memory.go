package lostupdate

import "sync"

// New returns a counter that loads once and then knows better than the store.
func New(store Store) Counter { return &counter{store: store} }

type counter struct {
	mu     sync.Mutex
	store  Store
	loaded bool
	sum    int
}

func (c *counter) Add(delta int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.loaded {
		c.sum = c.store.Load()
		c.loaded = true
	}
	c.sum += delta
	c.store.Save(c.sum)
	return c.sum
}

func (c *counter) Value() int { return c.store.Load() }

// verdict: assert: remembers another
