package batcher

import (
	"context"
	"time"
)

// Run leaves it to its clocks to send, and meanwhile receives the next item. Only then does it
// find out that it has to wait.
func Run(ctx context.Context, in <-chan int, l Limits, send Send) error {
	var batch []int
	own := make(chan struct{}, 1) // whoever has put something in owns the batch
	flush := func() {
		own <- struct{}{}
		defer func() { <-own }()
		if len(batch) > 0 {
			send(batch)
			batch = nil // not batch[:0]: the slice is send's now
		}
	}
	old, idle := time.AfterFunc(l.Wait, flush), time.AfterFunc(l.Idle, flush)
	defer flush()
	defer old.Stop()
	defer idle.Stop()
	for ctx.Err() == nil { // asked after every send; select would toss a coin
		select {
		case item, ok := <-in:
			if !ok {
				return nil
			}
			own <- struct{}{}
			if batch = append(batch, item); len(batch) == 1 {
				old.Reset(l.Wait) // from the oldest item, and only from that
			}
			idle.Reset(l.Idle)
			full := len(batch) == l.Size
			<-own
			if full {
				old.Stop()
				idle.Stop()
				flush()
			}
		case <-ctx.Done():
		}
	}
	return context.Cause(ctx)
}

// verdict: assert: Run received 1 items more
