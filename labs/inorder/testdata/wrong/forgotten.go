package inorder

import (
	"context"
	"sync"
)

// Map listens to the context everywhere but in its last send: when the reader has gone,
// one goroutine is left that wants to tell it something.
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
				if ctx.Err() != nil {
					return
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
			if ctx.Err() != nil {
				return
			}
			select {
			case <-ctx.Done():
				return
			case r := <-result:
				out <- r
			}
		}
	}()
	return out
}

// verdict: leak: goroutines still blocked
