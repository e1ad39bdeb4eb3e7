package inorder

import (
	"context"
	"sync"
)

// Map gives its promises no room: a call whose result nobody takes any more waits for
// ever.
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
				result := make(chan string)
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

// verdict: deadlock: in chan send
