package upgrade

import "sync"

// New returns a cache that locks for writing only: "reading changes nothing".
func New(table *Table, make func(key string) string) Cache {
	return &cache{table: table, make: make}
}

type cache struct {
	mu    sync.Mutex
	table *Table
	make  func(key string) string
}

func (c *cache) Get(key string) string {
	if value, ok := c.table.Read(key); ok {
		return value
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	value, ok := c.table.Read(key)
	if !ok {
		value = c.make(key)
		c.table.Write(key, value)
	}
	return value
}

// verdict: panic: while somebody
