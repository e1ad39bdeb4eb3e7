package addinside

import (
	"sync"
	"sync/atomic"
)

// Walk takes a page off when it has been visited, and once more when it has nothing to follow.
func Walk(start string, visit Visit) (visits int) {
	var wg sync.WaitGroup
	var n atomic.Int64
	var walk func(page string)
	walk = func(page string) {
		defer wg.Done()
		n.Add(1)
		links := visit(page)
		if len(links) == 0 {
			wg.Done()
			return
		}
		wg.Add(len(links))
		for _, link := range links {
			go walk(link)
		}
	}
	wg.Add(1)
	go walk(start)
	wg.Wait()
	return int(n.Load())
}

// verdict: panic: negative WaitGroup counter
