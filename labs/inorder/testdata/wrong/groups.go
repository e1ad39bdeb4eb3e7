package inorder

import (
	"context"
	"sync"
)

// Map works in groups of n: the order is easy, and everybody waits for the slowest.
func Map(ctx context.Context, n int, in <-chan int, work Work) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		for more := true; more; {
			var wg sync.WaitGroup
			results := make([]string, n)
			count := 0
			for count < n {
				var value int
				select {
				case <-ctx.Done():
					wg.Wait()
					return
				case value, more = <-in:
				}
				if !more || ctx.Err() != nil {
					break
				}
				i := count
				count++
				wg.Go(func() { results[i] = work(value) })
			}
			wg.Wait()
			for _, r := range results[:count] {
				select {
				case <-ctx.Done():
					return
				case out <- r:
				}
			}
		}
	}()
	return out
}

// verdict: assert: was kept back
