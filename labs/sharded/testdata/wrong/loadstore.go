package sharded

// New returns a counter that adds in two steps, each of which is atomic.
func New(cells []*Cell) Counter { return counter(cells) }

type counter []*Cell

func (c counter) Add(key uint64, n int64) {
	cell := c[key%uint64(len(c))]
	cell.Store(cell.Load() + n)
}

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

// verdict: assert: an addition is lost: two goroutines added
