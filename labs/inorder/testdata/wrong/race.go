package inorder

import (
	"context"
	"sync"
)

// Map counts its calls, where nothing orders them.
func Map(ctx context.Context, n int, in <-chan int, work Work) <-chan string {
	queue := make(chan chan string, n-1)
	var calls sync.WaitGroup
	done := 0
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
				calls.Go(func() {
					r := work(value)
					done++
					result <- r
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

// verdict: race: nothing orders them
