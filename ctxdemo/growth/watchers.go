package growth

import (
	"context"
	"runtime"
	"sync"
	"time"

	"lab.example/gopark/internal/experiment"
)

// watcher has f called when ctx ends, in one of two ways.
type watcher func(ctx context.Context, f func())

func byFunction(ctx context.Context, f func()) { context.AfterFunc(ctx, f) }

func byGoroutine(ctx context.Context, f func()) {
	go func() {
		<-ctx.Done()
		f()
	}()
}

// watch returns a measurement: n functions are to be called at the end of one context. To
// cancel it takes until all of them have run.
func watch(by watcher) func(n int) prices {
	return func(n int) (p prices) {
		ctx, cancel := context.WithCancel(context.Background())
		var called sync.WaitGroup
		called.Add(n)
		begin := processor()
		for range n {
			by(ctx, called.Done)
		}
		p.create = each(begin, n)
		for range experiment.Settling { // most get to where they wait; nothing depends on it
			runtime.Gosched()
		}
		begin = processor()
		cancel()
		called.Wait()
		p.cancel = each(begin, n)
		return p
	}
}

const idlers = 1000

// idle returns how many goroutines are there while so many wait, in a process that otherwise
// has others.
func idle(others int, by watcher) int64 {
	settle(others)
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(context.Background())
	var called sync.WaitGroup
	called.Add(idlers)
	for range idlers {
		by(ctx, called.Done)
	}
	waiting := int64(runtime.NumGoroutine() - before)
	cancel()
	called.Wait()
	return waiting
}

// settle waits until no more goroutines are there than so many: of those that have done their
// work some have yet to end. It gives up after a time that no machine needs.
func settle(goroutines int) {
	for begun := time.Now(); runtime.NumGoroutine() > goroutines && time.Since(begun) < 5*time.Second; {
		runtime.Gosched()
	}
}
