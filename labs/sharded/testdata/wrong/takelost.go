package sharded

// New returns a counter that empties its cells after it has looked into them.
func New(cells []*Cell) Counter { return counter(cells) }

type counter []*Cell

func (c counter) Add(key uint64, n int64) { c[key%uint64(len(c))].Add(n) }

func (c counter) Value() (sum int64) {
	for _, cell := range c {
		sum += cell.Load()
	}
	return sum
}

func (c counter) Take() (sum int64) {
	for _, cell := range c {
		sum += cell.Load()
		cell.Store(0)
	}
	return sum
}

// verdict: assert: an addition is lost in Take
