package upgrade

import "sync"

// New returns a cache in which everybody is alone, also those who only read.
func New(table *Table, make func(key string) string) Cache {
	return &cache{table: table, make: make}
}

type cache struct {
	mu    sync.Mutex
	table *Table
	make  func(key string) string
}

func (c *cache) Get(key string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	value, ok := c.table.Read(key)
	if !ok {
		value = c.make(key)
		c.table.Write(key, value)
	}
	return value
}

// verdict: assert: readers wait for each other
