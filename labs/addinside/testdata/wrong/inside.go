package addinside

import (
	"sync"
	"sync/atomic"
)

// Walk has each goroutine count itself when it runs. Wait may look before that.
func Walk(start string, visit Visit) (visits int) {
	var wg sync.WaitGroup
	var n atomic.Int64
	var walk func(page string)
	walk = func(page string) {
		n.Add(1)
		for _, link := range visit(page) {
			go func() {
				wg.Add(1)
				defer wg.Done()
				walk(link)
			}()
		}
	}
	walk(start)
	wg.Wait()
	return int(n.Load())
}

// verdict: vet: WaitGroup.Add called from inside new goroutine
