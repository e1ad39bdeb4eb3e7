package testbounded

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// Judge sees that all jobs have ended, and takes that for the end of all goroutines.
func Judge(t T, run Runner) {
	for _, limit := range []int{1, 2, 3, 10} {
		judgeSchedule(t, run, limit)
	}
	judgeEnd(t, run)
	judgeEndedBefore(t, run)
	judgeEndTooLate(t, run)
}

// diary is what jobs write down.
type diary struct {
	start time.Time

	mu      sync.Mutex
	begun   []time.Duration // by job, since start; -1 if it has not
	again   bool            // a job has begun twice
	running int
}

// jobs returns one that takes as long for each of takes.
func (d *diary) jobs(takes ...time.Duration) (jobs []Job) {
	d.start = time.Now()
	for i, take := range takes {
		d.begun = append(d.begun, -1)
		jobs = append(jobs, func(context.Context) {
			d.enter(i)
			time.Sleep(take)
			d.leave()
		})
	}
	return jobs
}

func (d *diary) enter(i int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.again = d.again || d.begun[i] >= 0
	d.begun[i] = time.Since(d.start)
	d.running++
}

func (d *diary) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.running--
}

// check compares with the times at which the jobs should begin, right after the call has
// returned.
func (d *diary) check(t T, want []time.Duration, ends time.Duration) {
	took := time.Since(d.start)
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.running > 0:
		t.Fatalf("it returned while %d jobs were running", d.running)
	case d.again:
		t.Fatalf("a job was run twice")
	case !slices.Equal(d.begun, want):
		t.Fatalf("the jobs began after %v, want %v", d.begun, want)
	case took != ends:
		t.Fatalf("it took %v, want %v", took, ends)
	}
}

// judgeSchedule has jobs that take different times, so that each of them has one moment only
// at which it may begin: when the first of the places becomes free.
func judgeSchedule(t T, run Runner, limit int) {
	takes := []time.Duration{5 * time.Second, 1 * time.Second, 2 * time.Second, 1 * time.Second, 4 * time.Second, 2 * time.Second, 3 * time.Second}
	var want []time.Duration
	free := make([]time.Duration, limit) // from when on each place is
	for _, take := range takes {
		slices.Sort(free)
		want = append(want, free[0])
		free[0] += take
	}
	var d diary
	if err := call(context.Background(), t, run, limit, d.jobs(takes...)); err != nil {
		t.Fatalf("all jobs were run, but the result is %v", err)
	}
	d.check(t, want, slices.Max(free))
}

// call calls run, which may never return.
func call(ctx context.Context, t T, run Runner, limit int, jobs []Job) error {
	result := make(chan error, 1)
	go func() { result <- run(ctx, limit, jobs) }()
	select {
	case err := <-result:
		return err
	case <-time.After(time.Hour):
		t.Fatalf("it has not returned after an hour")
		return nil
	}
}

var errClosing = errors.New("closing time")

const two = 2 * time.Second

type key struct{}

// judgeEnd ends the context in the middle.
func judgeEnd(t T, run Runner) {
	ctx, end := context.WithCancelCause(context.WithValue(context.Background(), key{}, "here"))
	time.AfterFunc(3*time.Second, func() { end(errClosing) })
	var d diary
	jobs := d.jobs(two, two, two, two, two, two)
	first := jobs[0]
	var saw error
	var value any
	jobs[0] = func(ctx context.Context) {
		first(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(time.Hour):
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		saw, value = ctx.Err(), ctx.Value(key{})
	}
	err := call(ctx, t, run, 2, jobs)
	d.check(t, []time.Duration{0, 0, two, -1, -1, -1}, 4*time.Second)
	switch {
	case saw == nil:
		t.Fatalf("the context that a job was handed has not ended with the one of the call")
	case value != "here":
		t.Fatalf("the context that a job was handed does not have the values of the one of the call")
	case err != errClosing:
		t.Fatalf("three jobs never began, and the result is %v, want %v", err, errClosing)
	}
}

// judgeEndedBefore ends the context before the call.
func judgeEndedBefore(t T, run Runner) {
	ctx, end := context.WithCancelCause(context.Background())
	end(errClosing)
	var d diary
	err := call(ctx, t, run, 2, d.jobs(two, two, two))
	d.check(t, []time.Duration{-1, -1, -1}, 0)
	if err != errClosing {
		t.Fatalf("no job began, and the result is %v, want %v", err, errClosing)
	}
}

// judgeEndTooLate ends the context when the last jobs have begun.
func judgeEndTooLate(t T, run Runner) {
	ctx, end := context.WithCancelCause(context.Background())
	time.AfterFunc(3*time.Second, func() { end(errClosing) })
	var d diary
	err := call(ctx, t, run, 2, d.jobs(two, two, two, two))
	d.check(t, []time.Duration{0, 0, two, two}, 4*time.Second)
	if err != nil {
		t.Fatalf("all jobs were run, but the result is %v", err)
	}
}

// verdict: assert: your test lets a program through that leaves a goroutine behind
