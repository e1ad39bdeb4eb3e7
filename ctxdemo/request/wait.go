package request

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"lab.example/gopark/internal/stacks"
)

// waiters are goroutines that wait, each for the end of a context.
type waiters struct {
	all     sync.WaitGroup
	started int
	back    atomic.Int64 // that have been told
}

func (w *waiters) start(ctx context.Context) {
	w.started++
	w.all.Go(func() { w.await(ctx) })
}

func (w *waiters) await(ctx context.Context) {
	<-ctx.Done()
	w.back.Add(1)
}

// settle waits until everybody who has not been told is blocked, and so many goroutines of
// package context are. A stack dump says so: the number of those who wait for each context, which
// is what is asked here, is taken from elsewhere.
func (w *waiters) settle(ctx context.Context, strangers int) error {
	for {
		back := int(w.back.Load())
		all := stacks.Parse(stacks.All())
		ours, theirs := blocked(all)
		if ours == w.started-back && theirs == strangers {
			return nil
		}
		if err := context.Cause(ctx); err != nil {
			return fmt.Errorf("wait until all is quiet: %d of %d goroutines are blocked, and %d of package context: %w", ours, w.started-back, theirs, err)
		}
		runtime.Gosched()
	}
}

// blocked returns how many of the goroutines are waiters that wait, and how many are those that
// package context has started for a child below a stranger, and wait.
func blocked(all []stacks.Goroutine) (ours, theirs int) {
	for i, g := range all {
		if _, ok := stacks.Blocked(all[i:i+1], "request.(*waiters).await"); ok {
			ours++
		}
		if g.Created.Func == "context.(*cancelCtx).propagateCancel" && g.Wait == "select" {
			theirs++
		}
	}
	return ours, theirs
}
