package upgrade

import "sync"

// New returns a cache that takes the empty string for none.
func New(table *Table, make func(key string) string) Cache {
	return &cache{table: table, make: make}
}

type cache struct {
	mu    sync.RWMutex
	table *Table
	make  func(key string) string
}

func (c *cache) Get(key string) string {
	if value := c.read(key); value != "" {
		return value
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	value, _ := c.table.Read(key)
	if value == "" {
		value = c.make(key)
		c.table.Write(key, value)
	}
	return value
}

func (c *cache) read(key string) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	value, _ := c.table.Read(key)
	return value
}

// verdict: assert: the value is the empty string, and it was made again
