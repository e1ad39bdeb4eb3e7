package sharded

// New returns a counter that is right if the number of cells is a power of two.
func New(cells []*Cell) Counter { return counter(cells) }

type counter []*Cell

func (c counter) Add(key uint64, n int64) { c[key&uint64(len(c)-1)].Add(n) }

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

// verdict: assert: is not in its cell
