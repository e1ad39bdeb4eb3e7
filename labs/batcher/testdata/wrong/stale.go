package batcher

import (
	"context"
	"time"
)

// Run starts a clock with the first item, and forgets that it still runs when a batch was
// full: the next batch goes when the time of the one before it is up.
func Run(ctx context.Context, in <-chan int, l Limits, send Send) error {
	var batch []int
	flush := func() {
		if len(batch) > 0 {
			send(batch)
			batch = nil // not batch[:0]: the slice is send's now
		}
	}
	var old, idle <-chan time.Time
	for ctx.Err() == nil { // asked after every send; select would toss a coin
		select {
		case item, ok := <-in:
			if !ok {
				flush()
				return nil
			}
			batch = append(batch, item)
			if old == nil {
				old = time.After(l.Wait)
			}
			idle = time.After(l.Idle)
			if len(batch) < l.Size {
				continue
			}
		case <-old:
			old = nil
		case <-idle:
			old = nil
		case <-ctx.Done():
		}
		flush()
	}
	flush()
	return context.Cause(ctx)
}

// verdict: assert: Wait was not counted from the oldest item
