package lostupdate

import "sync"

// New returns a counter that counts its calls beside, after it has unlocked, "because it
// is only for the statistics".
func New(store Store) Counter { return &counter{store: store} }

type counter struct {
	mu    sync.Mutex
	store Store
	calls int
}

func (c *counter) Add(delta int) int {
	defer func() { c.calls++ }()
	c.mu.Lock()
	defer c.mu.Unlock()
	sum := c.store.Load() + delta
	c.store.Save(sum)
	return sum
}

func (c *counter) Value() int { return c.store.Load() }

// verdict: race: nothing orders them
