package batcher

import "context"

// Run receives items from in and sends them on in batches; see Runner.
//
// This one sends every item by itself. Keep what is right about it, and change the rest.
func Run(ctx context.Context, in <-chan int, l Limits, send Send) error {
	for {
		select {
		case item, ok := <-in:
			if !ok {
				return nil
			}
			send([]int{item})
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
