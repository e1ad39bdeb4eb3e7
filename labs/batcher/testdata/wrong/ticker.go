package batcher

import (
	"context"
	"time"
)

// Run sends with every tick of a clock of its own, which nobody has set by the items.
func Run(ctx context.Context, in <-chan int, l Limits, send Send) error {
	var batch []int
	flush := func() {
		if len(batch) > 0 {
			send(batch)
			batch = nil
		}
	}
	tick := time.NewTicker(l.Wait)
	defer tick.Stop()
	idle := time.NewTimer(l.Idle)
	defer idle.Stop()
	for ctx.Err() == nil {
		select {
		case item, ok := <-in:
			if !ok {
				flush()
				return nil
			}
			batch = append(batch, item)
			idle.Reset(l.Idle)
			if len(batch) < l.Size {
				continue
			}
		case <-tick.C:
		case <-idle.C:
		case <-ctx.Done():
		}
		flush()
	}
	flush()
	return context.Cause(ctx)
}

// verdict: assert: Wait was not counted from the oldest item
