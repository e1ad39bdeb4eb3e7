package canceltree

import (
	"context"
	"sync"
)

// New returns a tree in which nobody is yet; see Tree.
//
// This one grows no branches: everybody stands at the top. Keep what is right about it, and
// change the rest.
func New(ctx context.Context) Tree {
	return &tree{ctx: ctx, cancels: make(map[string]context.CancelFunc)}
}

type tree struct {
	ctx context.Context
	all sync.WaitGroup

	mu      sync.Mutex
	cancels map[string]context.CancelFunc
}

func (t *tree) Start(parent, name string, work Work) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	ctx, cancel := context.WithCancel(t.ctx)
	t.cancels[name] = cancel
	t.all.Go(func() { work(ctx) })
	return true
}

func (t *tree) Cancel(name string, cause error) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	cancel := t.cancels[name]
	if cancel == nil {
		return false
	}
	cancel()
	return true
}

func (t *tree) Wait() { t.all.Wait() }
