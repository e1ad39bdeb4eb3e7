package spinflag

import (
	"context"
	"runtime"
	"sync"

	"lab.example/gopark/ctxdemo/interrupt"
	"lab.example/gopark/ctxdemo/stage"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

var header = []string{"worker", "when it is told", "then", "jobs it takes after that", "its interrupt flag at the end"}

// moreSteps is how many steps a worker must make after it was told for us to say that it
// goes on.
const moreSteps = 1000

// telling is a worker that is being told to stop.
type telling struct {
	worker
	*site
	actor  *stage.Actor
	draw   stage.Figure
	number int // in the figure
}

// tell starts the worker, tells it to stop when it computes or is blocked, and returns its
// row of the table. A worker that stays blocked is offered a job; one that goes on is fired.
func tell(ctx context.Context, w worker, draw stage.Figure, number int) (row []any, err error) {
	t := telling{worker: w, site: &site{done: make(chan struct{}), jobs: make(chan int)}, draw: draw, number: number}
	t.draw.Goroutine(number, w.drawn, "", timeline.Running)
	t.draw.Flag(w.drawn, false, "at work")
	t.actor = stage.Go(w.name, func(h *interrupt.Handle) error { return w.work(t.site, h) })
	defer t.end()

	blocked, then := computing, ""
	if w.at == "" {
		then, err = t.computing(ctx)
	} else {
		blocked, then, err = t.blocked(ctx)
	}
	if err != nil {
		return nil, err
	}
	<-t.actor.Done()
	t.draw.Goroutine(number, w.drawn, timeline.Running, timeline.NotExist)
	flag := flagClear
	if t.actor.IsInterrupted() {
		flag = flagSet
	}
	return []any{w.name, blocked, then, t.taken.Load(), flag}, nil
}

// computing tells a worker that computes, and sees whether it goes on.
func (t *telling) computing(ctx context.Context) (then string, err error) {
	if _, err := t.awaitSteps(ctx, 1); err != nil {
		return "", err
	}
	t.tellIt()
	ended, err := t.awaitSteps(ctx, t.steps.Load()+moreSteps)
	if err != nil || ended {
		return ends, err
	}
	t.fired.Store(true)
	return goesOn, nil
}

// awaitSteps waits until the worker has made so many steps, or has ended.
func (t *telling) awaitSteps(ctx context.Context, steps int64) (ended bool, err error) {
	for t.steps.Load() < steps {
		select {
		case <-t.actor.Done():
			return true, nil
		case <-ctx.Done():
			return false, context.Cause(ctx)
		default:
			runtime.Gosched()
		}
	}
	return false, nil
}

// blocked tells a worker that is blocked. If it remains so, a job is what it needs.
func (t *telling) blocked(ctx context.Context) (wait, then string, err error) {
	if wait, err = t.actor.Blocked(ctx, t.at); err != nil {
		return "", "", err
	}
	t.draw.Blocked(t.number, t.drawn, wait)
	t.tellIt()
	still, err := t.actor.StillBlocked(ctx)
	if err != nil {
		return "", "", err
	}
	if !still {
		t.draw.Goroutine(t.number, t.drawn, timeline.Waiting, timeline.Running)
		return wait, ends, nil
	}
	t.jobs <- 1
	t.draw.Goroutine(t.number, t.drawn, timeline.Waiting, timeline.Running, timeline.Attr{Key: "by", Value: "a job"})
	return wait, stays, nil
}

func (t *telling) tellIt() {
	t.draw.Flag(t.drawn, true, "told to stop")
	t.tell(t.site, t.actor.Handle)
}

// end ends a worker of any kind.
func (t *telling) end() {
	t.fired.Store(true)
	t.stop.Store(true)
	t.actor.Interrupt()
	select {
	case <-t.done:
	default:
		close(t.done)
	}
	close(t.jobs)
	<-t.actor.Done()
}

// survival is the flag of a goroutine that does a lot after it was interrupted, and looks
// only then.
type survival struct {
	Operations int64 `obs:"/survival/operations:operations"` // that know no flag
	Before     bool  `obs:"/survival/flag-before:bool"`      // after them, by IsInterrupted
	Error      bool  `obs:"/survival/first-look:bool"`       // whether Check says so
	Second     bool  `obs:"/survival/second-look:bool"`      // and when it is asked again
}

// survive makes operations that know no flag: mutexes, channels, computing.
func survive(operations int) (s survival) {
	h := interrupt.Go("survivor", func(h *interrupt.Handle) error {
		h.Interrupt()
		var mu sync.Mutex
		ch := make(chan int, 1)
		for i := range operations {
			mu.Lock()
			ch <- i
			s.Operations += int64(<-ch-i) + 1
			mu.Unlock()
			runtime.Gosched()
		}
		s.Before = h.IsInterrupted()
		s.Error = h.Check("at last") != nil
		s.Second = h.Check("at last") != nil
		return nil
	})
	<-h.Done()
	return s
}

func (s survival) check() error {
	switch {
	case !s.Before || !s.Error:
		return experiment.Refuted("after %d operations that know no flag, the interrupt was lost: %v, %v", s.Operations, s.Before, s.Error)
	case s.Second:
		return experiment.Refuted("one interrupt was reported twice")
	}
	return nil
}
