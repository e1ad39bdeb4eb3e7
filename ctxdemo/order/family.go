package order

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"time"

	"lab.example/gopark/internal/experiment"
)

// family is a context and its children. Each child has an AfterFunc, which says its name.
//
// Package context does not tell in which order it cancels, but on one P the run queue
// does. Cancelling a child starts the goroutine of its AfterFunc, which becomes the P's
// runnext and pushes the one before it to the tail of the queue. So the one that was
// started last runs first, and then the others in turn. Turning the observed order by one
// gives back that of the cancellations: it is inferred, from an observation and a rule
// (scheduler/runnext shows the rule).
type family struct {
	parent context.Context
	cancel context.CancelFunc
	all    sync.WaitGroup

	mu   sync.Mutex
	said []string // first to run first
}

// names are those of n children: "abcdef".
func names(n int) string { return "abcdefghijkl"[:n] }

// newFamily returns a parent with n children, which were made in the order of their names.
func newFamily(n int) *family {
	f := &family{}
	f.parent, f.cancel = context.WithCancel(context.Background())
	for name := range strings.SplitSeq(names(n), "") {
		f.add(name)
	}
	return f
}

// add makes a child. leave cancels it alone: it leaves the family, and says nothing.
func (f *family) add(name string) (leave func()) {
	child, cancel := context.WithCancel(f.parent)
	f.all.Add(1)
	stop := context.AfterFunc(child, func() {
		defer f.all.Done()
		f.mu.Lock()
		defer f.mu.Unlock()
		f.said = append(f.said, name)
	})
	return func() {
		if stop() {
			f.all.Done()
		}
		cancel()
	}
}

// withHeir returns a parent with n children, of which the second was cancelled, on its own,
// before a last one, x, was made. An only child is not cancelled.
func withHeir(n int) *family {
	f := newFamily(0)
	var leave []func()
	for name := range strings.SplitSeq(names(n), "") {
		leave = append(leave, f.add(name))
	}
	if n > 1 {
		leave[1]()
		f.add("x")
	}
	return f
}

// heirNames are those of withHeir in the order in which they sit.
func heirNames(n int) string {
	return strings.Replace(names(n), "b", "x", 1)
}

// end cancels the parent and returns the order in which the children were cancelled.
func (f *family) end() string {
	f.cancel()
	f.all.Wait()
	return strings.Join(append(f.said[1:], f.said[0]), "")
}

// repeat ends n families, one after the other, and returns their orders. A round that took
// so long that somebody may have been preempted in it is thrown away, whatever its order.
func repeat(r *experiment.Recorder, n int, family func() *family) ([]string, error) {
	var orders []string
	for disturbed := 0; len(orders) < n; {
		f := family()
		runtime.Gosched() // begins a time slice
		start := time.Now()
		order := f.end()
		if time.Since(start) < experiment.Slice {
			orders = append(orders, order)
			continue
		}
		if disturbed++; disturbed > n {
			return nil, experiment.Unmet("the machine is too busy: %d rounds took longer than %v", disturbed, experiment.Slice)
		}
		r.Notef("a round was disturbed and thrown away")
	}
	return orders, nil
}
