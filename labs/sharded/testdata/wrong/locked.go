package sharded

import "sync"

// New returns a counter whose cells have one lock between them.
func New(cells []*Cell) Counter { return &counter{cells: cells} }

type counter struct {
	mu    sync.Mutex
	cells []*Cell
}

func (c *counter) Add(key uint64, n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cells[key%uint64(len(c.cells))].Add(n)
}

func (c *counter) Value() (sum int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, cell := range c.cells {
		sum += cell.Load()
	}
	return sum
}

func (c *counter) Take() (sum int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, cell := range c.cells {
		sum += cell.Swap(0)
	}
	return sum
}

// verdict: assert: with one lock for all cells
