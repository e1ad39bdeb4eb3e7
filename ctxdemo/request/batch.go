package request

import (
	"context"
	"sync"
	"time"
)

// batch is the context of a library that fetches the same thing only once for all who want it at
// the same time. It ends when the last of them has gone. Its values are those of the first.
type batch struct {
	first context.Context
	done  chan struct{}

	mu      sync.Mutex
	members int
}

func newBatch(members ...context.Context) *batch {
	b := &batch{first: members[0], done: make(chan struct{}), members: len(members)}
	for _, ctx := range members {
		context.AfterFunc(ctx, b.leave)
	}
	return b
}

func (b *batch) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.members--; b.members == 0 {
		close(b.done)
	}
}

func (b *batch) Deadline() (time.Time, bool) { return time.Time{}, false }
func (b *batch) Done() <-chan struct{}       { return b.done }
func (b *batch) Value(key any) any           { return b.first.Value(key) }

func (b *batch) Err() error {
	select {
	case <-b.done:
		return context.Canceled
	default:
		return nil
	}
}
