package inorder

import (
	"context"
	"sync"
)

// Map keeps the results by value, and does not ask again for one that it knows.
func Map(ctx context.Context, n int, in <-chan int, work Work) <-chan string {
	queue := make(chan chan string, n-1)
	var calls sync.WaitGroup
	calls.Go(func() {
		defer close(queue)
		var known sync.Map
		for {
			select {
			case <-ctx.Done():
				return
			case value, ok := <-in:
				if !ok {
					return
				}
				result := make(chan string, 1)
				select {
				case <-ctx.Done():
					return
				case queue <- result:
				}
				if ctx.Err() != nil {
					return
				}
				calls.Go(func() {
					r, ok := known.Load(value)
					if !ok {
						r = work(value)
						known.Store(value, r)
					}
					result <- r.(string)
				})
			}
		}
	})
	out := make(chan string)
	go func() {
		defer close(out)
		defer calls.Wait()
		for result := range queue {
			select {
			case <-ctx.Done():
				return
			case r := <-result:
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

// verdict: assert: want once for each
