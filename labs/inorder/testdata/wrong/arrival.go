package inorder

import (
	"context"
	"sync"
)

// Map has n workers that send what they have when they have it: in the order of arrival.
func Map(ctx context.Context, n int, in <-chan int, work Work) <-chan string {
	out := make(chan string)
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case value, ok := <-in:
					if !ok || ctx.Err() != nil {
						return
					}
					select {
					case <-ctx.Done():
						return
					case out <- work(value):
					}
				}
			}
		})
	}
	go func() {
		wg.Wait()
		close(out)
	}()
	return out
}

// verdict: assert: not in order
