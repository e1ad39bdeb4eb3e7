package addinside

import (
	"sync"
	"sync/atomic"
)

// Walk waits for everybody, as it should, and has everybody write down which page was the last,
// "only for the log".
func Walk(start string, visit Visit) (visits int) {
	var (
		wg   sync.WaitGroup
		n    atomic.Int64
		last string
	)
	var walk func(page string)
	walk = func(page string) {
		links := visit(page)
		n.Add(1)
		last = page
		for _, link := range links {
			wg.Go(func() { walk(link) })
		}
	}
	wg.Go(func() { walk(start) })
	wg.Wait()
	_ = last
	return int(n.Load())
}

// verdict: race: nothing orders them
