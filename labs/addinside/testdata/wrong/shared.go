package addinside

import (
	"sync"
	"sync/atomic"
)

// total is where every call counts, and nobody begins anew.
var total atomic.Int64

// Walk returns how many visits there ever were: what it counts with is not its own.
func Walk(start string, visit Visit) (visits int) {
	var wg sync.WaitGroup
	var walk func(page string)
	walk = func(page string) {
		total.Add(1)
		for _, link := range visit(page) {
			wg.Go(func() { walk(link) })
		}
	}
	wg.Go(func() { walk(start) })
	wg.Wait()
	return int(total.Load())
}

// verdict: assert: one walk counts the visits of another
