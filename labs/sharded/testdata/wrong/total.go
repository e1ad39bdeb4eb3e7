package sharded

import "sync/atomic"

// New returns a counter that keeps its sum in one more place, where everybody meets again.
func New(cells []*Cell) Counter {
	c := &counter{cells: cells}
	for _, cell := range cells {
		c.total.Add(cell.Load())
	}
	return c
}

type counter struct {
	cells []*Cell
	total atomic.Int64
}

func (c *counter) Add(key uint64, n int64) {
	c.cells[key%uint64(len(c.cells))].Add(n)
	c.total.Add(n)
}

func (c *counter) Value() int64 { return c.total.Load() }

func (c *counter) Take() (sum int64) {
	for _, cell := range c.cells {
		sum += cell.Swap(0)
	}
	c.total.Add(-sum)
	return sum
}

// verdict: assert: the cells are the only memory
