package upgrade

import "sync"

// New returns a cache that is still a reader when it asks to be a writer: it waits until all
// readers have left, and is one of them.
func New(table *Table, make func(key string) string) Cache {
	return &cache{table: table, make: make}
}

type cache struct {
	mu    sync.RWMutex
	table *Table
	make  func(key string) string
}

func (c *cache) Get(key string) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	value, ok := c.table.Read(key)
	if !ok {
		c.mu.Lock()
		defer c.mu.Unlock()
		value = c.make(key)
		c.table.Write(key, value)
	}
	return value
}

// verdict: deadlock: who has the lock as a reader does not get it as a writer
