package unread

import (
	"context"
	"sync"
)

// New returns a producer whose Send takes the outcome that comes next.
func New(client Client) Producer { return &producer{client: client, closing: make(chan struct{})} }

type producer struct {
	client  Client
	closing chan struct{}
	once    sync.Once
	sending sync.WaitGroup
}

func (p *producer) Send(ctx context.Context, key, value string) error {
	select {
	case <-p.closing:
		return ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	default:
	}
	p.sending.Add(1)
	defer p.sending.Done()
	select {
	case p.client.Input() <- &Message{Key: key, Value: value}:
	case <-p.closing:
		return ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case <-p.client.Successes():
		return nil
	case f := <-p.client.Errors():
		return f.Err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (p *producer) Close() {
	p.once.Do(func() {
		close(p.closing)
		p.sending.Wait()
		p.client.AsyncClose()
		for range p.client.Successes() {
		}
		for range p.client.Errors() {
		}
	})
}

// verdict: assert: got the outcome of another one
