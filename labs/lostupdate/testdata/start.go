package lostupdate

// New returns a counter of what is in store; see Counter.
func New(store Store) Counter { return &counter{store: store} }

type counter struct{ store Store }

// Add is right, as long as nobody else adds.
func (c *counter) Add(delta int) int {
	sum := c.store.Load() + delta
	c.store.Save(sum)
	return sum
}

func (c *counter) Value() int { return c.store.Load() }
