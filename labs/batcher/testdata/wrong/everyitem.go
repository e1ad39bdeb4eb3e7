package batcher

import (
	"context"
	"time"
)

// Run starts the clock anew with every item: as long as items come, nobody is old.
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
			batch = append(batch, item)
			old.Reset(l.Wait)
			idle.Reset(l.Idle)
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

// verdict: assert: every item that came put the sending off
