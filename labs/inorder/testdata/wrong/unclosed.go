package inorder

import "context"

// Map never says that there are no more results.
func Map(ctx context.Context, n int, in <-chan int, work Work) <-chan string {
	queue := make(chan chan string, n-1)
	go func() {
		defer close(queue)
		for value := range in {
			result := make(chan string, 1)
			queue <- result
			go func() { result <- work(value) }()
		}
	}()
	out := make(chan string)
	go func() {
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

// verdict: deadlock: every goroutine waits
