package lostupdate

import "sync"

var mu sync.Mutex

// New returns a counter that has its lock in common with all others: they are right, and
// wait for each other's stores.
func New(store Store) Counter { return &counter{store: store} }

type counter struct{ store Store }

func (c *counter) Add(delta int) int {
	mu.Lock()
	defer mu.Unlock()
	sum := c.store.Load() + delta
	c.store.Save(sum)
	return sum
}

func (c *counter) Value() int { return c.store.Load() }

// verdict: assert: different stores wait for each other
