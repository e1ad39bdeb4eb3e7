package reporter

import (
	"context"
	"sync"
	"sync/atomic"
)

// New returns a reporter that ends the context of send, and then notes that it has given up: what
// waits is sent in between.
func New(room int, send Send) Reporter {
	r := &reporter{events: make(chan string, room), done: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	r.giveUp = cancel
	go r.run(ctx, send)
	return r
}

type reporter struct {
	mu     sync.Mutex // so that nobody sends when the channel is closed
	closed bool
	events chan string

	dropped atomic.Int64
	gaveUp  atomic.Bool
	giveUp  context.CancelFunc
	done    chan struct{} // closed when the sender has gone
}

func (r *reporter) run(ctx context.Context, send Send) {
	defer close(r.done)
	for e := range r.events {
		if r.gaveUp.Load() || send(ctx, e) != nil {
			r.dropped.Add(1)
		}
	}
}

func (r *reporter) Report(event string) bool {
	r.mu.Lock()
	defer r.mu.Unlock() // nobody waits under this lock
	if !r.closed {
		select {
		case r.events <- event:
			return true
		default:
		}
	}
	r.dropped.Add(1)
	return false
}

func (r *reporter) Dropped() int { return int(r.dropped.Load()) }

func (r *reporter) Close(ctx context.Context) error {
	defer r.giveUp()
	r.mu.Lock()
	r.closed = true
	close(r.events)
	r.mu.Unlock()
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		r.giveUp()
		r.gaveUp.Store(true)
		<-r.done
		return context.Cause(ctx)
	}
}

// verdict: assert: none that Close has given up
