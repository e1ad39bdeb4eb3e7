package addinside

import (
	"sync/atomic"
	"time"
)

// Walk visits start and all pages that it leads to, and looks every millisecond whether that
// is over.
func Walk(start string, visit Visit) (visits int) {
	var open, n atomic.Int64
	var walk func(page string)
	walk = func(page string) {
		defer open.Add(-1)
		n.Add(1)
		for _, link := range visit(page) {
			open.Add(1)
			go walk(link)
		}
	}
	open.Add(1)
	go walk(start)
	for open.Load() > 0 {
		time.Sleep(time.Millisecond)
	}
	return int(n.Load())
}

// verdict: assert: it looks from time to time
