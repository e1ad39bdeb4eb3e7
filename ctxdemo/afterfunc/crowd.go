package afterfunc

import (
	"context"
	"runtime"
	"sync"

	"lab.example/gopark/internal/experiment"
)

const (
	crowd = 100
	races = 2000
)

// counted is how many goroutines there are because of a hundred functions that are to run
// when a context is done.
type counted struct {
	Waiting  int64 `obs:"/waiting/goroutine-each:goroutines"` // go func() { <-ctx.Done(); f() }()
	Idle     int64 `obs:"/waiting/afterfunc:goroutines"`
	Fired    int64 `obs:"/fired/afterfunc:goroutines"` // when the context is done, while every f runs
	Released int64 `obs:"/fired/afterwards:goroutines"`
}

// count is to be called on one P.
func count() (seen counted) {
	before := runtime.NumGoroutine()
	more := func() int64 {
		experiment.Settle()
		return int64(runtime.NumGoroutine() - before)
	}
	ctx, cancel := context.WithCancel(context.Background())
	release := make(chan struct{})
	f := func() { <-release }
	for range crowd {
		context.AfterFunc(ctx, f)
	}
	seen.Idle = more()
	cancel()
	seen.Fired = more()
	close(release)
	for range crowd/experiment.Settling + 1 {
		experiment.Settle()
	}
	seen.Released = more()

	ctx, cancel = context.WithCancel(context.Background())
	var all sync.WaitGroup
	for range crowd {
		all.Go(func() { <-ctx.Done() })
	}
	seen.Waiting = more()
	cancel()
	all.Wait()
	return seen
}

func (c counted) check() error {
	switch {
	case c.Waiting != crowd:
		return experiment.Refuted("%d goroutines that wait for Done were %d", crowd, c.Waiting)
	case c.Idle != 0:
		return experiment.Refuted("%d AfterFuncs that wait were %d goroutines", crowd, c.Idle)
	case c.Fired != crowd:
		return experiment.Refuted("%d AfterFuncs that run were %d goroutines", crowd, c.Fired)
	case c.Released != 0:
		return experiment.Refuted("%d goroutines were left", c.Released)
	}
	return nil
}

// raced is what became of functions for which a cancel and a stop ran at the same time.
type raced struct {
	Races   int64 `obs:"/race/rounds:rounds"`
	Ran     int64 `obs:"/race/ran:functions"`
	Stopped int64 `obs:"/race/stopped:functions"` // stop returned true
	Both    int64 `obs:"/race/both:functions"`    // it ran nevertheless
}

// race has two goroutines race for each f: who gets it?
func race() (seen raced) {
	for i := range races {
		ran := make(chan struct{}, 1)
		ctx, cancel := context.WithCancel(context.Background())
		stop := context.AfterFunc(ctx, func() { ran <- struct{}{} })
		var stopped bool
		var both sync.WaitGroup
		gate := make(chan struct{})
		rivals := []func(){cancel, func() { stopped = stop() }}
		for j := range rivals {
			both.Go(func() { <-gate; rivals[(i+j)%2]() }) // who is made ready last runs first
		}
		close(gate)
		both.Wait()
		seen.tally(stopped, ran)
	}
	return seen
}

// tally counts one race. An f that was not stopped is waited for. One that was stopped must
// not run, and one cannot wait for what does not happen: it gets time to show itself.
func (r *raced) tally(stopped bool, ran <-chan struct{}) {
	r.Races++
	if stopped {
		r.Stopped++
		experiment.Settle()
		select {
		case <-ran:
			r.Ran++
			r.Both++
		default:
		}
		return
	}
	<-ran // if it got lost, this waits until the run's time is up
	r.Ran++
}

func (r raced) check() error {
	switch {
	case r.Both != 0:
		return experiment.Refuted("of %d functions %d ran although they were stopped", r.Races, r.Both)
	case r.Ran+r.Stopped != r.Races:
		return experiment.Refuted("of %d functions %d ran and %d were stopped", r.Races, r.Ran, r.Stopped)
	}
	return nil
}
