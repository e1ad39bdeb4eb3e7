package addinside

import (
	"sync"
)

// Walk visits level by level: everybody waits for the slowest of his level.
func Walk(start string, visit Visit) (visits int) {
	level := []string{start}
	for len(level) > 0 {
		visits += len(level)
		var wg sync.WaitGroup
		var mu sync.Mutex
		var next []string
		for _, page := range level {
			wg.Go(func() {
				links := visit(page)
				mu.Lock()
				defer mu.Unlock()
				next = append(next, links...)
			})
		}
		wg.Wait()
		level = next
	}
	return visits
}

// verdict: assert: some visit waited for one that did not lead to it
