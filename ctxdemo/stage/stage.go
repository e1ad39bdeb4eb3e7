// Package stage answers: how does an experiment know that a goroutine is blocked, and where,
// before it interrupts it?
//
// It asks the runtime. An Actor is a goroutine with a handle whose number the stage knows, so
// that its line can be found in a dump of all stacks. figure.go draws what it does, java.go
// reads what a JVM did in the same case.
package stage

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"lab.example/gopark/ctxdemo/interrupt"
	"lab.example/gopark/internal/stacks"
)

// Actor is a goroutine of an experiment, with its handle. Blocked and StillBlocked are for one
// goroutine at a time, which is another one.
type Actor struct {
	*interrupt.Handle
	id   atomic.Int64 // as the runtime counts goroutines; 0 until it has begun
	wait string       // what Blocked has returned
}

// Go calls f in a new goroutine, as interrupt.Go does.
func Go(name string, f func(h *interrupt.Handle) error) *Actor {
	a := &Actor{Handle: interrupt.New(name)}
	go a.Run(func(h *interrupt.Handle) error {
		a.id.Store(self())
		return f(h)
	})
	return a
}

// self returns the number of the calling goroutine.
func self() int64 {
	buf := make([]byte, 64) // the first line of the dump is enough
	fields := strings.Fields(string(buf[:runtime.Stack(buf, false)]))
	var id int64
	if len(fields) > 1 {
		_, _ = fmt.Sscan(fields[1], &id)
	}
	return id
}

// Blocked waits until the actor is blocked below a call of function, whose name ends as
// given, and returns for what, in the words of the runtime: "select". The error is that the
// actor has ended, or ctx's.
func (a *Actor) Blocked(ctx context.Context, function string) (wait string, err error) {
	for ctx.Err() == nil {
		g, ended := a.look()
		switch {
		case ended:
			return "", fmt.Errorf("%s has ended and never was blocked in %s", a.Name(), function)
		case blocked(g) && below(g, function):
			a.wait = g.Wait
			return a.wait, nil
		}
		runtime.Gosched()
	}
	return "", context.Cause(ctx)
}

// StillBlocked waits until the actor has ended, or is blocked for the same reason as Blocked
// has returned last, and reports which.
//
// What wakes a goroutine makes it runnable before it returns. So an actor which was blocked
// before an interrupt and is found blocked after it was not woken, or has gone back to sleep.
func (a *Actor) StillBlocked(ctx context.Context) (bool, error) {
	for ctx.Err() == nil {
		g, ended := a.look()
		switch {
		case ended:
			return false, nil
		case g.Wait == a.wait && a.wait != "":
			return true, nil
		}
		runtime.Gosched()
	}
	return false, context.Cause(ctx)
}

// look finds the actor among all goroutines.
func (a *Actor) look() (g stacks.Goroutine, ended bool) {
	select {
	case <-a.Done():
		return g, true
	default:
	}
	id := a.id.Load()
	if id == 0 {
		return g, false
	}
	for _, g := range stacks.Parse(stacks.All()) {
		if int64(g.ID) == id {
			return g, false
		}
	}
	return g, false // it is about to end: Done says when
}

// lasting are the reasons for which a goroutine waits until another one, or the world outside,
// does something. Others pass by themselves: a goroutine that allocates may have to wait for the
// garbage collector for a moment, and the dump says "semacquire" or "GC assist wait".
var lasting = []string{
	"chan receive", "chan send", "select", "IO wait",
	"sync.Mutex.Lock", "sync.RWMutex.Lock", "sync.RWMutex.RLock", "sync.Cond.Wait", "sync.WaitGroup.Wait",
}

func blocked(g stacks.Goroutine) bool { return slices.Contains(lasting, g.Wait) }

func below(g stacks.Goroutine, function string) bool {
	for _, f := range g.Frames {
		if strings.HasSuffix(strings.TrimSuffix(f.Func, "[...]"), function) {
			return true
		}
	}
	return false
}
