// Package toy is a lab with one purpose: there is a wrong answer for every verdict.
package toy

import "sync"

// Total returns the sum of parts, added up by a goroutine each.
func Total(parts ...int) int {
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		total int
	)
	for _, part := range parts {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			total += part
		})
	}
	wg.Wait()
	return total
}
