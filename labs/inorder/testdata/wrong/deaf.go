package inorder

import "context"

// Map ends when in is closed, and for no other reason.
func Map(_ context.Context, n int, in <-chan int, work Work) <-chan string {
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
		defer close(out)
		for result := range queue {
			out <- <-result
		}
	}()
	return out
}

// verdict: deadlock: every goroutine waits
