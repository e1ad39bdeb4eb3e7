package inorder

import (
	"context"
	"sync"
)

// Map has a queue of the length n and forgets the promise that is in the hand of the one
// who sends the results.
func Map(ctx context.Context, n int, in <-chan int, work Work) <-chan string {
	queue := make(chan chan string, n)
	var calls sync.WaitGroup
	calls.Go(func() {
		defer close(queue)
		for value := range in {
			result := make(chan string, 1)
			select {
			case <-ctx.Done():
				return
			case queue <- result:
			}
			if ctx.Err() != nil {
				return
			}
			calls.Go(func() { result <- work(value) })
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
			case out <- <-result:
			}
		}
	}()
	return out
}

// verdict: assert: too many at the same time
