package addinside

import (
	"sync"
	"sync/atomic"
)

// Walk visits start and all pages that it leads to; see Walker.
func Walk(start string, visit Visit) (visits int) {
	var (
		wg sync.WaitGroup
		n  atomic.Int64
	)
	var walk func(page string)
	walk = func(page string) {
		n.Add(1)
		for _, link := range visit(page) {
			// Who calls this is counted himself until he returns: the count cannot be zero here.
			wg.Go(func() { walk(link) })
		}
	}
	wg.Go(func() { walk(start) })
	wg.Wait()
	return int(n.Load())
}
