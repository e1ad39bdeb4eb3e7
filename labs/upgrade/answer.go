package upgrade

import "sync"

// New returns a cache with what is in table; see Cache.
func New(table *Table, make func(key string) string) Cache {
	return &cache{table: table, make: make}
}

type cache struct {
	mu    sync.RWMutex // guards what is in table
	table *Table
	make  func(key string) string
}

func (c *cache) Get(key string) string {
	if value, ok := c.read(key); ok {
		return value
	}
	c.mu.Lock()
	defer c.mu.Unlock() // also if make panics
	// Between the two locks somebody else may have been here.
	value, ok := c.table.Read(key)
	if !ok {
		value = c.make(key)
		c.table.Write(key, value)
	}
	return value
}

func (c *cache) read(key string) (value string, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.table.Read(key)
}
