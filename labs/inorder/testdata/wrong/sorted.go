package inorder

import (
	"context"
	"sync"
)

// Map puts the results in order when all are there. A film that has not ended has no
// subtitles yet.
func Map(ctx context.Context, n int, in <-chan int, work Work) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		places := make(chan struct{}, n)
		var (
			wg      sync.WaitGroup
			mu      sync.Mutex
			results = map[int]string{}
			count   int
		)
		for value := range in {
			if ctx.Err() != nil {
				break
			}
			i := count
			count++
			places <- struct{}{}
			wg.Go(func() {
				r := work(value)
				mu.Lock()
				results[i] = r
				mu.Unlock()
				<-places
			})
		}
		wg.Wait()
		for i := range count {
			select {
			case <-ctx.Done():
				return
			case out <- results[i]:
			}
		}
	}()
	return out
}

// verdict: assert: was kept back
