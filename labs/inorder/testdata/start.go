package inorder

import "context"

// Map returns the results of work for the values that come out of in; see Mapper.
//
// This one keeps the order, for it knows no other way: one value after the other. Keep
// what is right about it, and change the rest.
func Map(ctx context.Context, n int, in <-chan int, work Work) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		for value := range in {
			out <- work(value)
		}
	}()
	return out
}
