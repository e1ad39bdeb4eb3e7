package upgrade

import "sync"

// New returns a cache that keeps writers apart with a lock of their own, and lets them write as
// readers: those who read are still inside.
func New(table *Table, make func(key string) string) Cache {
	return &cache{table: table, make: make}
}

type cache struct {
	mu    sync.RWMutex
	table *Table
	make  func(key string) string

	writers sync.Mutex
}

func (c *cache) Get(key string) string {
	if value, ok := c.read(key); ok {
		return value
	}
	c.writers.Lock()
	defer c.writers.Unlock()
	c.mu.RLock()
	defer c.mu.RUnlock()
	value, ok := c.table.Read(key)
	if !ok {
		value = c.make(key)
		c.table.Write(key, value)
	}
	return value
}

func (c *cache) read(key string) (string, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.table.Read(key)
}

// verdict: panic: while somebody
