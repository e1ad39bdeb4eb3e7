package lostupdate

import "sync"

// New returns a counter that counts right, and then asks the store what it has just saved
// itself: by then somebody else may have had his turn.
func New(store Store) Counter { return &counter{store: store} }

type counter struct {
	mu    sync.Mutex
	store Store
}

func (c *counter) Add(delta int) int {
	c.add(delta)
	return c.Value()
}

func (c *counter) add(delta int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.store.Save(c.store.Load() + delta)
}

func (c *counter) Value() int { return c.store.Load() }

// verdict: assert: Add loads again what it has just saved
