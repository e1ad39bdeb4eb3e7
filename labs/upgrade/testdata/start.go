package upgrade

// New returns a cache with what is in table; see Cache.
func New(table *Table, make func(key string) string) Cache {
	return &cache{table: table, make: make}
}

type cache struct {
	table *Table
	make  func(key string) string
}

// Get never writes, so that nobody has to be alone.
func (c *cache) Get(key string) string {
	if value, ok := c.table.Read(key); ok {
		return value
	}
	return c.make(key)
}
