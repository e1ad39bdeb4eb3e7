package testbounded

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/internal/stacks"
)

func TestMain(m *testing.M) {
	status := m.Run()
	if status == 0 {
		if err := goleak.Find(abandoned...); err != nil {
			fmt.Fprintf(os.Stderr, "goleak: Errors on successful test run: %v\n", err)
			status = 1
		}
	}
	os.Exit(status)
}

// abandoned are the goroutines of tests that had reported something, and may leave some.
var abandoned []goleak.Option

// Below are the programs that your test is tested with. None of them depends on luck.

// subject makes a Runner, whose goroutines are gone soon after release is closed.
type subject struct {
	what string // "your test lets a program through that ...": what it does wrong; or how it is built
	make func(release <-chan struct{}) Runner
}

// asIs is for programs that need no release.
func asIs(r Runner) func(<-chan struct{}) Runner {
	return func(<-chan struct{}) Runner { return r }
}

var rightPrograms = []subject{
	{"has workers who take the next job from a counter", asIs(counterRunner)},
	{"has a channel of places and a goroutine for each job", asIs(placesRunner)},
	{"has a goroutine that hands out jobs through a channel", asIs(feederRunner)},
	{"has each job start the next one when it ends", asIs(chainRunner)},
	// Built like those that are wrong: neither names nor stacks tell them apart.
	{"has workers, and a goroutine that waits for all of them", flaws{}.make},
}

func counterRunner(ctx context.Context, limit int, jobs []Job) error {
	var wg sync.WaitGroup
	var next atomic.Int64
	for range min(limit, len(jobs)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(jobs) {
					return
				}
				jobs[i](ctx)
			}
		})
	}
	wg.Wait()
	if int(next.Load()) < len(jobs) {
		return context.Cause(ctx)
	}
	return nil
}

func placesRunner(ctx context.Context, limit int, jobs []Job) error {
	derived, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	defer wg.Wait() // before cancel
	places := make(chan struct{}, limit)
	for _, job := range jobs {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		wg.Go(func() {
			job(derived)
			<-places
		})
	}
	return nil
}

func feederRunner(ctx context.Context, limit int, jobs []Job) error {
	feed := make(chan Job)
	var begun atomic.Int64
	var wg sync.WaitGroup
	for range min(limit, len(jobs)) {
		wg.Go(func() {
			for job := range feed {
				if ctx.Err() == nil {
					begun.Add(1)
					job(ctx)
				}
			}
		})
	}
	for _, job := range jobs {
		if ctx.Err() != nil {
			break
		}
		select {
		case feed <- job:
		case <-ctx.Done():
		}
	}
	close(feed)
	wg.Wait()
	if int(begun.Load()) < len(jobs) {
		return context.Cause(ctx)
	}
	return nil
}

func chainRunner(ctx context.Context, limit int, jobs []Job) error {
	var (
		mu   sync.Mutex
		rest = jobs
		wg   sync.WaitGroup
		next func()
	)
	next = func() {
		mu.Lock()
		defer mu.Unlock()
		if len(rest) == 0 || ctx.Err() != nil {
			return
		}
		job := rest[0]
		rest = rest[1:]
		wg.Go(func() {
			job(ctx)
			next()
		})
	}
	for range min(limit, len(jobs)) {
		next()
	}
	wg.Wait()
	if len(rest) > 0 {
		return context.Cause(ctx)
	}
	return nil
}

// flaws are what a program does wrong.
type flaws struct {
	limit     func(limit int) int
	jobs      func(limit int, jobs []Job) []Job
	waves     bool // waits for all before the next begin
	early     bool // returns when the last job has begun
	deaf      bool // begins jobs after the end of ctx
	eager     bool // each worker takes one job before it looks at ctx
	impatient bool // does not wait for jobs when ctx has ended
	detached  bool // hands out a context that never ends
	leaves    bool // a goroutine
	strands   bool // leaves a goroutine if there are jobs that never began
	stubborn  bool // has the limit of its first call for ever
	late      bool // returns some time after its last job
	ahead     bool // begins one job more after the end of ctx
	hangs     bool // if there are fewer jobs than limit
	copied    bool // hands out a context that only ends with ctx
	slow      bool // leaves a place empty for a moment before the next job begins
	err       func(ctx context.Context, begun, all int) error
}

var wrongPrograms = []subject{
	{"never runs the jobs that do not fill a last round of limit", flaws{jobs: func(limit int, jobs []Job) []Job { return jobs[:len(jobs)/limit*limit] }}.make},
	{"runs the first job twice", flaws{jobs: func(_ int, jobs []Job) []Job { return append(slices.Clone(jobs), jobs[0]) }}.make},
	{"runs all jobs at once, whatever the limit", flaws{limit: func(int) int { return 1 << 20 }}.make},
	{"lets one job more run at a time than the limit", flaws{limit: func(limit int) int { return limit + 1 }}.make},
	{"runs the jobs one after another, whatever the limit", flaws{limit: func(int) int { return 1 }}.make},
	{"leaves one of its places empty", flaws{limit: func(limit int) int { return max(1, limit-1) }}.make},
	{"works in waves: it waits until all have ended before the next begin", flaws{waves: true}.make},
	{"begins with the last job", flaws{jobs: func(_ int, jobs []Job) []Job {
		jobs = slices.Clone(jobs)
		slices.Reverse(jobs)
		return jobs
	}}.make},
	{"returns while its last jobs are still running", flaws{early: true}.make},
	{"takes no notice of ctx: it begins jobs after its end", flaws{deaf: true}.make},
	{"begins jobs when ctx had ended before the call", flaws{eager: true}.make},
	{"does not wait for the jobs that run when ctx ends", flaws{impatient: true}.make},
	{"hands the jobs a context that does not end with ctx", flaws{detached: true}.make},
	{"returns nil although jobs never began", flaws{err: func(context.Context, int, int) error { return nil }}.make},
	{"loses the cause: it returns ctx.Err()", flaws{err: func(ctx context.Context, begun, all int) error {
		if begun < all {
			return ctx.Err()
		}
		return nil
	}}.make},
	{"returns an error although every job was run, since ctx has ended meanwhile", flaws{err: func(ctx context.Context, _, _ int) error { return context.Cause(ctx) }}.make},
	{"leaves a goroutine behind", flaws{leaves: true}.make},
	{"keeps to the limit of its first call, whatever is asked later", flaws{stubborn: true}.make},
	{"leaves a goroutine behind when ctx ends before all jobs have begun", flaws{strands: true}.make},
	{"begins one more job after ctx has ended while others were running", flaws{ahead: true}.make},
	{"returns nil when ctx had ended before the call", flaws{err: func(ctx context.Context, begun, all int) error {
		if 0 < begun && begun < all {
			return context.Cause(ctx)
		}
		return nil
	}}.make},
	{"returns nil when ctx ends after some of the jobs have begun", flaws{err: func(ctx context.Context, begun, all int) error {
		if begun == 0 && all > 0 {
			return context.Cause(ctx)
		}
		return nil
	}}.make},
	{"returns a second after the last job has ended", flaws{late: true}.make},
	{"hands the jobs a context that ends with ctx, but is not derived from it: the values are lost", flaws{copied: true}.make},
	{"never returns when there are fewer jobs than limit", flaws{hangs: true}.make},
	{"begins the first jobs in their order, and those that have to wait from the last to the first", flaws{jobs: func(limit int, jobs []Job) []Job {
		jobs = slices.Clone(jobs)
		slices.Reverse(jobs[min(limit, len(jobs)):])
		return jobs
	}}.make},
	{"leaves a place empty for ten milliseconds before the next job begins", flaws{slow: true}.make},
}

func (f flaws) make(release <-chan struct{}) Runner {
	var first atomic.Int64
	return func(ctx context.Context, limit int, jobs []Job) error {
		if first.CompareAndSwap(0, int64(limit)); f.stubborn {
			limit = int(first.Load())
		}
		if f.limit != nil {
			limit = f.limit(limit)
		}
		if f.jobs != nil && len(jobs) > 0 {
			jobs = f.jobs(limit, jobs)
		}
		if f.leaves {
			go func() { <-release }()
		}
		err := f.run(ctx, limit, jobs)
		if f.strands && err != nil {
			go func() { <-release }()
		}
		if f.late && err == nil {
			time.Sleep(time.Second)
		}
		if f.hangs && len(jobs) < limit {
			<-release
		}
		return err
	}
}

func (f flaws) run(ctx context.Context, limit int, jobs []Job) error {
	handed := ctx
	if f.detached {
		handed = context.WithoutCancel(ctx)
	}
	if f.copied {
		other, end := context.WithCancelCause(context.Background())
		defer context.AfterFunc(ctx, func() { end(context.Cause(ctx)) })()
		handed = other
	}
	var next atomic.Int64
	var more atomic.Bool
	var wg sync.WaitGroup
	all, out := make(chan struct{}), make(chan struct{}, len(jobs))
	worker := func(most int) {
		for n := 0; n < most && (f.deaf || f.eager && n == 0 || ctx.Err() == nil || f.ahead && n > 0 && !more.Swap(true)); n++ {
			i := int(next.Add(1)) - 1
			if i >= len(jobs) {
				break
			}
			jobs[i](handed)
			if f.slow && int(next.Load()) < len(jobs) {
				time.Sleep(10 * time.Millisecond)
			}
		}
		out <- struct{}{}
	}
	workers := min(limit, len(jobs))
	if f.waves {
		for int(next.Load()) < len(jobs) && ctx.Err() == nil {
			for range min(workers, len(jobs)-int(next.Load())) {
				wg.Go(func() { worker(1) })
			}
			wg.Wait()
		}
	} else {
		for range workers {
			wg.Go(func() { worker(len(jobs)) })
		}
	}
	go func() {
		wg.Wait()
		close(all)
	}()
	var ended, oneOut <-chan struct{}
	if f.impatient {
		ended = ctx.Done()
	}
	if f.early {
		oneOut = out
	}
	select {
	case <-all:
	case <-ended:
	case <-oneOut:
	}
	begun := min(int(next.Load()), len(jobs))
	switch {
	case f.err != nil:
		return f.err(ctx, begun, len(jobs))
	case begun < len(jobs):
		return context.Cause(ctx)
	}
	return nil
}

// judgeRecorder is the T that your test gets.
type judgeRecorder struct {
	before int // goroutines of the bubble

	mu   sync.Mutex
	said []string
}

func (r *judgeRecorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

func (r *judgeRecorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *judgeRecorder) Wait() { synctest.Wait() }

func (r *judgeRecorder) Left() int {
	synctest.Wait()
	return goroutinesInBubble() - r.before
}

// goroutinesInBubble counts the goroutines in the bubble of the caller.
func goroutinesInBubble() (n int) {
	all := stacks.Parse(stacks.All())
	for _, g := range all {
		if g.Bubble == all[0].Bubble {
			n++
		}
	}
	return n
}

// virtualPatience is in the time of the bubble.
const virtualPatience = 1000 * time.Hour

// tryOut has your test judge a program, and returns what it said, and how many goroutines there
// were that had not ended when it returned, its own and the program's.
func tryOut(t *testing.T, p subject) (said []string, lingering int) {
	t.Helper()
	r := new(judgeRecorder)
	late := false
	var panicked any
	stuck := inBubbleOfItsOwn(t, func() {
		release, ended := make(chan struct{}), make(chan any, 1)
		go func() {
			defer func() { ended <- recover() }()
			r.before = goroutinesInBubble()
			Judge(r, p.make(release))
		}()
		select {
		case panicked = <-ended:
			synctest.Wait()
			lingering = goroutinesInBubble() - (r.before - 1) // without the one that called it
		case <-time.After(virtualPatience):
			late = true
		}
		close(release)
		time.Sleep(virtualPatience) // what still runs comes to its end
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case panicked != nil:
		t.Fatalf("panic: your test panicked when it was given a program that %s: %v", p.what, panicked)
	case late:
		t.Fatalf("hang: your test has not ended after %v of virtual time when it was given a program that %s", virtualPatience, p.what)
	case stuck != "" && len(r.said) == 0:
		t.Fatalf("leak: your test has reported nothing and left goroutines behind when it was given a program that %s", p.what)
	case stuck != "":
		abandoned = append(abandoned, goleak.IgnoreCurrent())
	}
	return slices.Clone(r.said), lingering
}

// inBubbleOfItsOwn runs f in a bubble, and returns what the bubble says if goroutines are left. A
// test that has reported something may leave some.
func inBubbleOfItsOwn(t *testing.T, f func()) (stuck string) {
	defer func() {
		if p := recover(); p != nil {
			stuck = fmt.Sprint(p)
		}
	}()
	synctest.Test(t, func(*testing.T) { f() })
	return ""
}

func mustBeAccepted(t *testing.T, p subject) {
	t.Helper()
	said, lingering := tryOut(t, p)
	if len(said) > 0 {
		mustRepeat(t, p, said)
		t.Fatalf("your test rejects a program that is right: it %s; your test said %q", p.what, strings.Join(said, "; "))
	}
	if lingering > 0 {
		t.Fatalf("leak: your test has returned and reported nothing, and %d goroutines that it has started were still there; the program %s", lingering, p.what)
	}
}

func mustBeRejected(t *testing.T, p subject) {
	t.Helper()
	if said, _ := tryOut(t, p); len(said) == 0 {
		mustRepeat(t, p, said)
		t.Fatalf("your test lets a program through that %s", p.what)
	}
}

// mustRepeat asks once more before your test is told that it is wrong about p: if it then says the
// opposite, that has nothing to do with p.
func mustRepeat(t *testing.T, p subject, said []string) {
	t.Helper()
	if again, _ := tryOut(t, p); (len(again) == 0) != (len(said) == 0) {
		t.Fatalf("your test says one thing of a program, and the opposite when it is called again: earlier calls must have no bearing, nor luck; the program %s; your test said %q, then %q", p.what, said, again)
	}
}

func TestRightProgramsPass(t *testing.T) {
	for _, p := range rightPrograms {
		mustBeAccepted(t, p)
	}
}

// Among the programs that are wrong come some that are right, and a coin says when: to know how
// many there have been does not help. For a test that goes by the program alone, it changes nothing.
func TestWrongProgramsFail(t *testing.T) {
	for _, p := range wrongPrograms {
		mustBeRejected(t, p)
		if rand.N(2) == 0 {
			mustBeAccepted(t, rightPrograms[rand.N(len(rightPrograms))])
		}
	}
}
