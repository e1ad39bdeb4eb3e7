package lostupdate

// New returns a counter that has a goroutine do everything, one after another. Nobody
// tells it when the counter is not needed any more.
func New(store Store) Counter {
	c := &counter{store: store, calls: make(chan func())}
	go func() {
		for call := range c.calls {
			call()
		}
	}()
	return c
}

type counter struct {
	store Store
	calls chan func()
}

func (c *counter) Add(delta int) int {
	sum := make(chan int)
	c.calls <- func() {
		n := c.store.Load() + delta
		c.store.Save(n)
		sum <- n
	}
	return <-sum
}

func (c *counter) Value() int { return c.store.Load() }

// verdict: leak: goroutines still blocked when the test was over
