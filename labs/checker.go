package labs

import (
	"context"

	"lab.example/gopark/labs/judge"
)

// event is something that a job of a checker tells. Exactly one of progress, lab and over
// is set.
type event struct {
	progress string // what goes on
	lab      Lab    // what was judged: with result, or with err if it could not be
	result   judge.Result
	err      error
	over     bool // the job has ended
	job      int
}

// checker carries out one job at a time: the newest. Its methods are for one goroutine,
// the one that receives events.
type checker struct {
	ctx    context.Context
	spawn  func(func()) // starts a goroutine
	events chan event
	job    int // the newest
	cancel context.CancelFunc
	done   chan struct{} // closed when the newest job has ended
}

func newChecker(ctx context.Context, spawn func(func())) *checker {
	done := make(chan struct{})
	close(done)
	return &checker{ctx: ctx, spawn: spawn, events: make(chan event), cancel: func() {}, done: done}
}

// begin calls off the job that is being carried out and begins another. The new one
// waits for the end of the old one, which does not take long: two at the same time
// would slow each other down, and a verdict may depend on that.
func (c *checker) begin(job func(ctx context.Context, tell func(event))) {
	c.cancel()
	ctx, cancel := context.WithCancel(c.ctx)
	c.job++
	number, before, done := c.job, c.done, make(chan struct{})
	c.cancel, c.done = cancel, done
	c.spawn(func() {
		defer close(done)
		defer cancel()
		<-before
		if ctx.Err() != nil {
			return
		}
		tell := func(e event) {
			e.job = number
			select {
			case c.events <- e:
			case <-ctx.Done():
			}
		}
		job(ctx, tell)
		tell(event{over: true})
	})
}

// current reports whether e comes from the newest job. What an older one told in its
// last moment is about an answer that is no more.
func (c *checker) current(e event) bool { return e.job == c.job }

// stop calls off the job that is being carried out and waits for its end.
func (c *checker) stop() {
	c.cancel()
	<-c.done
}
