package price

import (
	"math"
	"time"
)

const (
	rounds = 25                     // of which the best counts: what disturbs a round makes it longer
	round  = 100 * time.Microsecond // at least; well below a time slice
	batch  = 200                    // operations between two looks at the clock
)

// measure returns the price of each operation in nanoseconds, by its group and name. The
// rounds of all are mixed, so that a bad moment of the machine hits all of them alike.
func measure() map[key]float64 {
	best := make(map[key]float64)
	repeats := make([]func(int), len(operations))
	for i, o := range operations {
		repeat, end := o.make()
		defer end()
		repeats[i] = repeat
		best[o.key()] = math.Inf(1)
	}
	for range rounds {
		for i, o := range operations {
			best[o.key()] = min(best[o.key()], price(repeats[i]))
		}
	}
	return best
}

type key struct{ what, name string }

func (o operation) key() key { return key{o.what, o.name} }

// price returns what one operation took in a round: nanoseconds with two decimals.
func price(repeat func(int)) float64 {
	begin := time.Now()
	for n := batch; ; n += batch {
		repeat(batch)
		if took := time.Since(begin); took >= round {
			return math.Round(100*float64(took.Nanoseconds())/float64(n)) / 100
		}
	}
}
