package addinside

import (
	"sync"
	"sync/atomic"
)

// Walk hands its group over by value: each function counts in a group of its own.
func Walk(start string, visit Visit) (visits int) {
	var wg sync.WaitGroup
	var n atomic.Int64
	wg.Add(1)
	go walk(start, visit, wg, &n)
	wg.Wait()
	return int(n.Load())
}

func walk(page string, visit Visit, wg sync.WaitGroup, n *atomic.Int64) {
	defer wg.Done()
	n.Add(1)
	for _, link := range visit(page) {
		wg.Add(1)
		go walk(link, visit, wg, n)
	}
}

// verdict: vet: copies lock value
