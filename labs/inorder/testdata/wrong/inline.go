package inorder

import (
	"context"
	"sync"
)

// Map does everything before it returns, and has no order to keep then.
func Map(ctx context.Context, n int, in <-chan int, work Work) <-chan string {
	var values []int
	for value := range in {
		values = append(values, value)
	}
	places := make(chan struct{}, n)
	results := make([]string, len(values))
	var wg sync.WaitGroup
	for i, value := range values {
		if ctx.Err() != nil {
			break
		}
		places <- struct{}{}
		wg.Go(func() {
			results[i] = work(value)
			<-places
		})
	}
	wg.Wait()
	out := make(chan string, len(values))
	for _, r := range results {
		out <- r
	}
	close(out)
	return out
}

// verdict: assert: want at once
