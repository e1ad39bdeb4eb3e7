package inorder

import "context"

// Map makes a promise for every value, and a goroutine, as fast as they come.
func Map(ctx context.Context, n int, in <-chan int, work Work) <-chan string {
	queue := make(chan chan string, 1000)
	go func() {
		defer close(queue)
		for value := range in {
			if ctx.Err() != nil {
				return
			}
			result := make(chan string, 1)
			queue <- result
			go func() { result <- work(value) }()
		}
	}()
	out := make(chan string)
	go func() {
		defer close(out)
		for result := range queue {
			out <- <-result
		}
	}()
	return out
}

// verdict: assert: too many at the same time
