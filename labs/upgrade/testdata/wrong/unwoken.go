package upgrade

import "sync"

// New returns a cache in which one makes what is missing and the others wait for him, also
// if he has panicked.
func New(table *Table, make func(key string) string) Cache {
	return &cache{table: table, make: make, making: map[string]*sync.WaitGroup{}}
}

type cache struct {
	mu    sync.RWMutex // guards what is in table
	table *Table
	make  func(key string) string

	makers sync.Mutex // guards making
	making map[string]*sync.WaitGroup
}

func (c *cache) Get(key string) string {
	for {
		if value, ok := c.read(key); ok {
			return value
		}
		c.makers.Lock()
		if others := c.making[key]; others != nil {
			c.makers.Unlock()
			others.Wait()
			continue
		}
		if value, ok := c.read(key); ok {
			c.makers.Unlock()
			return value
		}
		own := new(sync.WaitGroup)
		own.Add(1)
		c.making[key] = own
		c.makers.Unlock()
		return c.made(key, own)
	}
}

func (c *cache) made(key string, own *sync.WaitGroup) string {
	defer func() {
		c.makers.Lock()
		delete(c.making, key)
		c.makers.Unlock()
	}()
	value := c.make(key)
	c.mu.Lock()
	c.table.Write(key, value)
	c.mu.Unlock()
	own.Done()
	return value
}

func (c *cache) read(key string) (value string, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.table.Read(key)
}

// verdict: deadlock: of those who had waited for it wait for ever
