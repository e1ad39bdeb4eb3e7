package inorder

import (
	"context"
	"sync"
)

// Map returns the results of work for the values that come out of in; see Mapper.
func Map(ctx context.Context, n int, in <-chan int, work Work) <-chan string {
	// The queue keeps the order: it holds, for each value, the channel in which its
	// result will be. The sender below holds one of them too, and so n-1 are left.
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
				result := make(chan string, 1) // room: the call never waits for its reader
				select {
				case <-ctx.Done():
					return
				case queue <- result:
				}
				if ctx.Err() != nil { // select may have chosen the other case all the same
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
