package lostupdate

import (
	"sync"
	"sync/atomic"
)

// New returns a counter that answers from memory while the store is busy.
func New(store Store) Counter { return &counter{store: store} }

type counter struct {
	mu    sync.Mutex // from a load to the save that belongs to it
	store Store
	busy  atomic.Int64 // calls of Add
	sum   atomic.Int64 // of the latest
}

func (c *counter) Add(delta int) int {
	c.busy.Add(1)
	defer c.busy.Add(-1)
	c.mu.Lock()
	defer c.mu.Unlock()
	sum := c.store.Load() + delta
	c.sum.Store(int64(sum))
	c.store.Save(sum)
	return sum
}

func (c *counter) Value() int {
	if c.busy.Load() > 0 {
		return int(c.sum.Load())
	}
	return c.store.Load()
}

// verdict: assert: somebody was about to add 2 and had not saved
