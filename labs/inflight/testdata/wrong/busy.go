package inflight

import (
	"context"
	"sync"
	"sync/atomic"
)

// Receive waits for nobody: while another call is at work, it asks for a repeat.
func (r *receiver) Receive(p Packet) error {
	if !r.mu.TryLock() {
		return ErrGap
	}
	defer r.mu.Unlock() // also while apply is at work: who repeats must not be told nil before
	switch {
	case p.Seq < r.next:
		return nil
	case p.Seq > r.next:
		return ErrGap
	}
	r.apply(p.Value)
	r.next++
	return nil
}

// Send brings values to a receiver; see Sender.
func Send(ctx context.Context, values []string, window int, post Post) error {
	var wg sync.WaitGroup
	var arrived atomic.Int64
	room := make(chan struct{}, window)
	for i, v := range values {
		room <- struct{}{} // comes soon when ctx has ended: then everybody leaves
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-room }()
			if deliver(ctx, Packet{i, v}, post) {
				arrived.Add(1)
			}
		})
	}
	wg.Wait()
	if arrived.Load() == int64(len(values)) {
		return nil
	}
	return context.Cause(ctx)
}

// deliver posts p until the receiver has it, and reports whether it has.
func deliver(ctx context.Context, p Packet, post Post) bool {
	for ctx.Err() == nil {
		if post(ctx, p) == nil {
			return true
		}
	}
	return false
}

// NewReceiver returns a Receiver that hands values to apply.
func NewReceiver(apply func(value string)) Receiver { return &receiver{apply: apply} }

type receiver struct {
	apply func(value string)

	mu   sync.Mutex
	next int // the number that is applied next
}

// verdict: assert: that it waits for the call that applies it
