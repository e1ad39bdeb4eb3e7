package sharded

// New returns a counter that takes everything to count it, and puts it back.
func New(cells []*Cell) Counter { return counter(cells) }

type counter []*Cell

func (c counter) Add(key uint64, n int64) { c[key%uint64(len(c))].Add(n) }

func (c counter) Value() int64 {
	sum := c.Take()
	c[0].Add(sum)
	return sum
}

func (c counter) Take() (sum int64) {
	for _, cell := range c {
		sum += cell.Swap(0)
	}
	return sum
}

// verdict: assert: Value changes the cells
