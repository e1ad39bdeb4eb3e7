package upgrade

import "sync"

// New returns a cache of what is in table, which is a cache already.
func New(table *Table, make func(key string) string) Cache {
	return &cache{table: table, make: make}
}

type cache struct {
	mu    sync.RWMutex // guards what is in table
	table *Table
	make  func(key string) string
	seen  sync.Map // of all that was ever asked for
}

func (c *cache) Get(key string) string {
	if value, ok := c.seen.Load(key); ok {
		return value.(string)
	}
	value, ok := c.read(key)
	if !ok {
		c.mu.Lock()
		defer c.mu.Unlock()
		if value, ok = c.table.Read(key); !ok {
			value = c.make(key)
			c.table.Write(key, value)
		}
	}
	c.seen.Store(key, value)
	return value
}

func (c *cache) read(key string) (value string, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.table.Read(key)
}

// verdict: assert: the cache remembers
