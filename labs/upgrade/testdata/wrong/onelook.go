package upgrade

import "sync"

// New returns a cache that leaves as a reader, comes in as a writer, and still believes what it
// has seen as a reader.
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
	value, ok := c.table.Read(key)
	c.mu.RUnlock()
	if ok {
		return value
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	value = c.make(key)
	c.table.Write(key, value)
	return value
}

// verdict: assert: the second did not look again when he could write
