package addinside

import (
	"sync"
	"sync/atomic"
	"time"
)

// Walk starts a function that counts itself first of all. That is the same mistake as to count
// in the goroutine, and vet does not see it: the function has a name.
func Walk(start string, visit Visit) (visits int) {
	var wg sync.WaitGroup
	var n atomic.Int64
	var walk func(page string)
	walk = func(page string) {
		wg.Add(1)
		defer wg.Done()
		n.Add(1)
		for _, link := range visit(page) {
			go func() {
				time.Sleep(time.Millisecond) // be polite to the server
				walk(link)
			}()
		}
	}
	walk(start)
	wg.Wait()
	return int(n.Load())
}

// verdict: leak: nobody had counted the others yet
