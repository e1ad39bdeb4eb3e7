package cleanup

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are
// exact, and the first message that you see says what is wrong with Use.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errAborted = errors.New("use of aborted resource")
	errBroken  = errors.New("out of paper")
	errClosing = errors.New("closing time")
)

const never = -1

// printer is a resource that writes down what is done with it, and when.
type printer struct {
	takes    time.Duration // for Work, if it is not aborted
	deaf     bool          // Work takes no notice of Abort
	result   error         // of Work, if it is not aborted
	atTheEnd func()        // called by Work in the very end

	start time.Time
	cut   chan struct{}

	mu           sync.Mutex
	works        int
	worked       time.Duration // when Work returned
	aborts       int
	abortBegan   time.Duration
	abortEnded   time.Duration
	releases     int
	released     time.Duration
	afterRelease string // what was called then
	late         bool   // the resource was released before Abort had returned
}

func newPrinter(takes time.Duration, result error) *printer {
	return &printer{
		takes: takes, result: result, start: time.Now(), cut: make(chan struct{}), atTheEnd: func() {},
		worked: never, abortBegan: never, abortEnded: never, released: never,
	}
}

// note writes down a call and returns the time.
func (p *printer) note(count *int, name string) time.Duration {
	if p.releases > 0 && p.afterRelease == "" {
		p.afterRelease = name
	}
	*count++
	return time.Since(p.start)
}

func (p *printer) Work() error {
	p.mu.Lock()
	p.note(&p.works, "Work")
	p.mu.Unlock()
	cut := p.cut
	if p.deaf {
		cut = nil
	}
	err := p.result
	select {
	case <-time.After(p.takes):
	case <-cut:
		err = errAborted
	}
	p.atTheEnd()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.worked = time.Since(p.start)
	return err
}

// Abort lets Work go on, and then takes until nobody else can do anything: who waits for it
// waits, and who does not gets far ahead of it. No time passes meanwhile, so that one may wait with a
// mutex as well.
func (p *printer) Abort() {
	p.mu.Lock()
	p.abortBegan = p.note(&p.aborts, "Abort")
	first := p.aborts == 1
	p.mu.Unlock()
	if first {
		close(p.cut)
	}
	var button probe.Point
	button.Here()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.abortEnded = time.Since(p.start)
	p.late = p.late || p.releases > 0
}

func (p *printer) Release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.released = p.note(&p.releases, "Release")
}

// use calls Use, and ends ctx and the test's patience a day later.
func use(t *testing.T, ctx context.Context, p *printer) error {
	t.Helper()
	err := Use(ctx, p)
	now := time.Since(p.start)
	p.mu.Lock()
	early := p.releases == 0
	p.mu.Unlock()
	synctest.Wait()
	p.mu.Lock()
	worked, released := p.worked, p.released
	began := p.works
	p.mu.Unlock()
	if began > 0 && worked == never {
		time.Sleep(24 * time.Hour)
		t.Fatal("leak: Use returned before Work had")
	}
	time.Sleep(24 * time.Hour)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.releases == 0:
		t.Fatal("the resource was never released")
	case p.abortBegan >= 0 && p.abortBegan > worked:
		t.Fatalf("Abort was called %v after Work had returned: it was not called off", p.abortBegan-worked)
	case p.late:
		t.Fatal("the resource was released, and Abort was not through: it does something to a resource that somebody else has by now")
	case p.releases > 1:
		t.Fatalf("the resource was released %d times: want exactly once", p.releases)
	case p.works > 1 || p.aborts > 1:
		t.Fatalf("Work was called %d times and Abort %d times: want each once at most", p.works, p.aborts)
	case p.afterRelease != "" || released < worked:
		t.Fatalf("the resource was released before Work had returned: %s was called after that", p.afterRelease)
	case early:
		t.Fatal("Use returned before the resource was released: it never returns before that")
	case now != max(worked, p.abortEnded, 0):
		t.Fatalf("Work returned after %v, Abort after %v, and Use after %v: want when both have, and at once", worked, p.abortEnded, now)
	}
	return err
}

func TestUndisturbed(t *testing.T) {
	for _, want := range []error{nil, errBroken} {
		probe.Bubble(t, func(t *testing.T) {
			// The context ends an hour later.
			ctx, end := context.WithTimeoutCause(context.Background(), time.Hour, errClosing)
			defer end()
			p := newPrinter(time.Minute, want)
			err := use(t, ctx, p)
			switch {
			case p.works == 0:
				t.Fatal("Work was never called")
			case p.aborts > 0:
				t.Fatal("Abort was called, and ctx had not ended when Work returned")
			case err != want:
				t.Fatalf("Work returned %v and was not aborted, and Use returned %v: want the same", want, err)
			}
		})
	}
}

func TestNobodyIsLeft(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancel(context.Background()) // for ever
		_ = end
		_ = use(t, ctx, newPrinter(time.Minute, nil))
	})
}

func TestAborted(t *testing.T) {
	for _, tt := range []struct {
		name   string
		deaf   bool
		result error
		want   error
	}{
		{"and Work goes on and fails", true, errBroken, errClosing},
		{"and Work goes on and is through", true, nil, nil},
		{"and Work notices", false, nil, errClosing},
	} {
		t.Run(tt.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				ctx, end := context.WithCancelCause(context.Background())
				time.AfterFunc(time.Minute, func() { end(errClosing) })
				p := newPrinter(time.Hour, tt.result)
				p.deaf = tt.deaf
				err := use(t, ctx, p)
				switch {
				case p.aborts == 0:
					t.Fatal("ctx ended after 1m0s, and Work was not aborted: it went on for an hour")
				case p.abortBegan != time.Minute:
					t.Fatalf("ctx ended after 1m0s, and Abort was called after %v: want at that moment", p.abortBegan)
				case err == tt.want:
				case tt.want == nil:
					t.Fatalf("Work returned nil, and Use returned %q: who was through was through", err)
				case err == context.Canceled:
					t.Fatalf("the cause is lost: Use returned %q, want what context.Cause says, %q", err, errClosing)
				default:
					t.Fatalf("Work was aborted and returned an error, and Use returned %v: want what context.Cause says, %q", err, errClosing)
				}
			})
		})
	}
}

// ctx ends at the very moment at which Work returns: Work itself ends it.
func TestAtTheSameInstant(t *testing.T) {
	for range 20 {
		for _, result := range []error{nil, errBroken} {
			probe.Bubble(t, func(t *testing.T) {
				ctx, end := context.WithCancelCause(context.Background())
				p := newPrinter(time.Minute, result)
				p.atTheEnd = func() { end(errClosing) }
				err := use(t, ctx, p)
				switch {
				case result == nil && err != nil:
					t.Fatalf("Work returned nil, and Use returned %q: who was through was through", err)
				case result != nil && p.aborts > 0 && err != errClosing:
					t.Fatalf("Abort was called and Work returned an error, and Use returned %v: want what context.Cause says, %q", err, errClosing)
				case result != nil && p.aborts == 0 && err != errBroken:
					t.Fatalf("Work returned %q and Abort was not called, and Use returned %v: want the same", errBroken, err)
				}
			})
		}
	}
}

// parting is a context that ends when who was to be told of its end does not want to know any
// more.
type parting struct {
	context.Context
	done chan struct{}

	mu   sync.Mutex
	told func() // nil if nobody wants to know
}

func newParting() *parting {
	return &parting{Context: context.Background(), done: make(chan struct{})}
}

func (c *parting) Done() <-chan struct{} { return c.done }

func (c *parting) Err() error {
	select {
	case <-c.done:
		return context.Canceled
	default:
		return nil
	}
}

// AfterFunc is what package context registers with in a context of another make.
func (c *parting) AfterFunc(f func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = f
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.told == nil {
			return false
		}
		c.told = nil
		close(c.done)
		return true
	}
}

// Work has returned, Abort is called off, and then ctx ends: that is nobody's business any more.
func TestEndsAfterwards(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		p := newPrinter(time.Minute, errBroken)
		if err := use(t, newParting(), p); err != errBroken {
			t.Fatalf("Work returned %q, Abort was called off, and then ctx ended: Use returned %v, want the same", errBroken, err)
		}
	})
}

func TestEndedBefore(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancelCause(context.Background())
		end(errClosing)
		p := newPrinter(time.Minute, nil)
		err := use(t, ctx, p)
		switch {
		case p.works > 0:
			t.Fatal("ctx had ended before, and Work was called")
		case p.aborts > 0:
			t.Fatal("ctx had ended before, and Abort was called: there is nothing to abort")
		case err != errClosing:
			t.Fatalf("ctx had ended before, and Use returned %v: want what context.Cause says, %q", err, errClosing)
		}
	})
}

// One waits for its work when the other waits for its Abort: who has one channel for both takes the
// end of the one Abort for that of the other.
func TestTwoAtTheSameTime(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		one, endOne := context.WithCancelCause(context.Background())
		time.AfterFunc(time.Minute, func() { endOne(errClosing) })
		deaf := newPrinter(time.Hour, nil)
		deaf.deaf = true
		var calls sync.WaitGroup
		calls.Go(func() { _ = Use(one, deaf) })
		two, endTwo := context.WithCancelCause(context.Background())
		time.AfterFunc(2*time.Minute, func() { endTwo(errClosing) })
		if err := use(t, two, newPrinter(time.Hour, nil)); err != errClosing {
			t.Fatalf("two at the same time: one was aborted, and Use returned %v: want %q", err, errClosing)
		}
		calls.Wait()
	})
}

func TestManyAtTheSameTime(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancelCause(context.Background())
		time.AfterFunc(time.Minute, func() { end(errClosing) })
		var calls sync.WaitGroup
		for i := range 8 {
			calls.Go(func() {
				p := newPrinter(time.Minute+time.Duration(2*i-9)*time.Second, nil)
				err := Use(ctx, p)
				p.mu.Lock()
				defer p.mu.Unlock()
				switch wantErr := p.takes > time.Minute; {
				case (err != nil) != wantErr:
					t.Errorf("8 at the same time: the one that takes %v returned %v", p.takes, err)
				case p.releases != 1:
					t.Errorf("8 at the same time: a resource was released %d times", p.releases)
				}
			})
		}
		calls.Wait()
	})
}
