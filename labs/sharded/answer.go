package sharded

// New returns a counter of what is in cells; see Counter.
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
		sum += cell.Swap(0)
	}
	return sum
}
