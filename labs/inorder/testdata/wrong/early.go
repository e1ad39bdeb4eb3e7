package inorder

import "context"

// Map closes the channel of results when nobody wants them any more, and does not wait
// for the calls that run.
func Map(ctx context.Context, n int, in <-chan int, work Work) <-chan string {
	queue := make(chan chan string, n-1)
	go func() {
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
				go func() { result <- work(value) }()
			}
		}
	}()
	out := make(chan string)
	go func() {
		defer close(out)
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

// verdict: leak: the channel of results was closed while
