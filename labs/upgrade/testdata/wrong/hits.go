package upgrade

import "sync"

// New returns a cache that counts its hits, under the lock of a reader: others count there at the
// same time.
func New(table *Table, make func(key string) string) Cache {
	return &cache{table: table, make: make}
}

type cache struct {
	mu    sync.RWMutex
	table *Table
	make  func(key string) string
	hits  int
}

func (c *cache) Get(key string) string {
	if value, ok := c.read(key); ok {
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

func (c *cache) read(key string) (value string, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if value, ok = c.table.Read(key); ok {
		c.hits++
	}
	return value, ok
}

// verdict: race: nothing orders them
