package reporter

import (
	"context"
	"sync/atomic"
)

// New returns a reporter whose channel stays open, so that nobody panics. Report asks whether it
// is closed, and then sends: by then the sender may have looked for the last time, and gone.
func New(room int, send Send) Reporter {
	r := &reporter{events: make(chan string, room), closing: make(chan struct{}), done: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	r.giveUp = cancel
	go r.run(ctx, send)
	return r
}

type reporter struct {
	events  chan string
	closing chan struct{}

	dropped atomic.Int64
	giveUp  context.CancelFunc
	done    chan struct{} // closed when the sender has gone
}

func (r *reporter) run(ctx context.Context, send Send) {
	defer close(r.done)
	one := func(e string) {
		if ctx.Err() != nil || send(ctx, e) != nil {
			r.dropped.Add(1)
		}
	}
	for {
		select {
		case e := <-r.events:
			one(e)
		case <-r.closing:
			for len(r.events) > 0 {
				one(<-r.events)
			}
			return
		}
	}
}

func (r *reporter) Report(event string) bool {
	select {
	case <-r.closing:
		r.dropped.Add(1)
		return false
	default:
	}
	select {
	case r.events <- event:
		return true
	default:
	}
	r.dropped.Add(1)
	return false
}

func (r *reporter) Dropped() int { return int(r.dropped.Load()) }

func (r *reporter) Close(ctx context.Context) error {
	defer r.giveUp()
	close(r.closing)
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		r.giveUp()
		<-r.done
		return context.Cause(ctx)
	}
}

// verdict: assert: events are lost
