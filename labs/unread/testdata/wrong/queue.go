package unread

import (
	"context"
	"sync"
)

// New returns a producer in which those who wait for room stand in a queue, and hear nothing.
func New(client Client) Producer {
	p := &producer{client: client, closing: make(chan struct{}), turn: make(chan struct{}, 1)}
	p.readers.Go(func() {
		for m := range client.Successes() {
			m.Mark.(chan error) <- nil
		}
	})
	p.readers.Go(func() {
		for f := range client.Errors() {
			f.Message.Mark.(chan error) <- f.Err
		}
	})
	return p
}

type producer struct {
	client  Client
	readers sync.WaitGroup // until the client has closed its channels
	turn    chan struct{}  // for who is next
	closing chan struct{}  // closed by the first Close: nobody waits for room any more
	putting sync.WaitGroup // those who may put something in

	mu     sync.Mutex // guards closed, and that nobody begins to put in after it is true
	closed bool
}

func (p *producer) Send(ctx context.Context, key, value string) error {
	outcome := make(chan error, 1) // room: a reader of the client never waits for us
	if err := p.put(ctx, &Message{Key: key, Value: value, Mark: outcome}); err != nil {
		return err
	}
	select {
	case err := <-outcome:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// put returns nil when the client has taken m.
func (p *producer) put(ctx context.Context, m *Message) error {
	if !p.begin() {
		return ErrClosed
	}
	defer p.putting.Done()
	if ctx.Err() != nil { // select might put it in all the same
		return context.Cause(ctx)
	}
	p.turn <- struct{}{}
	defer func() { <-p.turn }()
	select {
	case p.client.Input() <- m:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-p.closing:
		return ErrClosed
	}
}

func (p *producer) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.putting.Add(1)
	return true
}

func (p *producer) Close() {
	p.mu.Lock()
	first := !p.closed
	if first {
		p.closed = true
		close(p.closing)
	}
	p.mu.Unlock()
	if first {
		p.putting.Wait() // the client must not be closed under their hands
		p.client.AsyncClose()
	}
	p.readers.Wait()
}

// verdict: assert: for this message and for another one, and ctx ended
