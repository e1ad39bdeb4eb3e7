package inorder

import (
	"context"
	"sync"
)

// Map asks a select whether the context has ended. If there is a value as well, that is
// a toss of a coin.
func Map(ctx context.Context, n int, in <-chan int, work Work) <-chan string {
	queue := make(chan chan string, n-1)
	var calls sync.WaitGroup
	calls.Go(func() {
		defer close(queue)
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
				calls.Go(func() { result <- work(value) })
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

// verdict: assert: had ended before the call
