package addinside

import (
	"sync"
	"sync/atomic"
)

var wg sync.WaitGroup // for everybody

// Walk visits start and all pages that it leads to, and waits for all walks that there are.
func Walk(start string, visit Visit) (visits int) {
	var n atomic.Int64
	var walk func(page string)
	walk = func(page string) {
		n.Add(1)
		for _, link := range visit(page) {
			wg.Go(func() { walk(link) })
		}
	}
	wg.Go(func() { walk(start) })
	wg.Wait()
	return int(n.Load())
}

// verdict: assert: one walk waits for another
