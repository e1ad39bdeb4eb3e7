package addinside

import (
	"sync"
	"sync/atomic"
	"time"
)

// Walk takes a page off when its visit is over, and then counts its links. In between the count
// may be zero.
func Walk(start string, visit Visit) (visits int) {
	var wg sync.WaitGroup
	var n atomic.Int64
	var walk func(page string)
	walk = func(page string) {
		n.Add(1)
		links := visit(page)
		wg.Done()
		for _, link := range links {
			time.Sleep(time.Millisecond) // be polite to the server
			wg.Add(1)
			go walk(link)
		}
	}
	wg.Add(1)
	go walk(start)
	wg.Wait()
	return int(n.Load())
}

// verdict: leak: nobody had counted the others yet
