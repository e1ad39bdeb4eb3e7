package addinside

import (
	"sync"
	"sync/atomic"
)

// Walk takes off who has found links. A page without any returns before.
func Walk(start string, visit Visit) (visits int) {
	var wg sync.WaitGroup
	var n atomic.Int64
	var walk func(page string)
	walk = func(page string) {
		n.Add(1)
		links := visit(page)
		if len(links) == 0 {
			return
		}
		wg.Add(len(links))
		for _, link := range links {
			go walk(link)
		}
		wg.Done()
	}
	wg.Add(1)
	go walk(start)
	wg.Wait()
	return int(n.Load())
}

// verdict: deadlock: every goroutine waits
