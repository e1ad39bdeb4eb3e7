package price

import (
	"math"
	"time"
)

const (
	rounds = 12                     // of which the best counts: what disturbs a round makes it longer
	round  = 200 * time.Microsecond // at least; well below a time slice
	batch  = 20                     // exits between two looks at the clock
)

// measure returns the price of each exit from each depth, in nanoseconds. The rounds of all
// are mixed, so that a bad moment of the machine hits all of them alike.
func measure() map[string][]float64 {
	best := make(map[string][]float64)
	for _, e := range exits {
		for range depths {
			best[e.name] = append(best[e.name], math.Inf(1))
		}
	}
	for range rounds {
		for _, e := range exits {
			for i, calls := range depths {
				best[e.name][i] = min(best[e.name][i], price(func() { e.leave(calls) }))
			}
		}
	}
	return best
}

// price returns what one call of leave took in a round: nanoseconds with one decimal.
func price(leave func()) float64 {
	begin := time.Now()
	for n := batch; ; n += batch {
		for range batch {
			leave()
		}
		if took := time.Since(begin); took >= round {
			return math.Round(10*float64(took.Nanoseconds())/float64(n)) / 10
		}
	}
}
