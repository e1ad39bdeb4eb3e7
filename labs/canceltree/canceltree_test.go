package canceltree

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time, and the first message
// that you see says what is wrong with the tree.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// record makes pieces of work and writes down what becomes of them.
type record struct {
	mu    sync.Mutex
	ctx   map[string]context.Context
	ended map[string]error // the cause, as the work saw it
}

func newRecord() *record {
	return &record{ctx: make(map[string]context.Context), ended: make(map[string]error)}
}

// obedient returns a piece of work that waits for the end of its context.
func (r *record) obedient(name string) Work {
	return func(ctx context.Context) {
		r.saw(name, ctx)
		<-ctx.Done()
		r.mu.Lock()
		defer r.mu.Unlock()
		r.ended[name] = context.Cause(ctx)
	}
}

func (r *record) saw(name string, ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ctx[name] = ctx
}

func (r *record) context(name string) context.Context {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ctx[name]
}

// stopped returns the names of those that have seen the end of their context.
func (r *record) stopped() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var names []string
	for name := range r.ended {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (r *record) cause(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended[name]
}

func start(t *testing.T, tree Tree, parent, name string, work Work) {
	t.Helper()
	began := make(chan bool, 1)
	go func() { began <- tree.Start(parent, name, work) }()
	synctest.Wait()
	select {
	case ok := <-began:
		if !ok {
			t.Errorf("Start of %q below %q returned false: that name was free, and the parent was there and had not been cancelled", name, parent)
			finish(tree)
			t.FailNow()
		}
	default:
		t.Fatalf("Start of %q has not returned: it waits for the work, or for somebody else", name)
	}
}

// finish ends what is there, so that a test which has failed leaves nobody behind.
func finish(tree Tree) {
	for _, name := range grown {
		tree.Cancel(name[1], errOver)
	}
}

// grow starts a tree of two requests:
//
//	a            b
//	├ a1         └ b1
//	│  └ a11
//	│     └ a111
//	└ a2
func grow(t *testing.T, tree Tree, r *record) {
	t.Helper()
	for _, n := range grown {
		start(t, tree, n[0], n[1], r.obedient(n[1]))
	}
	synctest.Wait()
	for _, n := range grown {
		if r.context(n[1]) == nil {
			t.Fatalf("Start returned true, but the work of %q was never begun", n[1])
		}
	}
}

var (
	grown   = [][2]string{{"", "a"}, {"a", "a1"}, {"a1", "a11"}, {"a11", "a111"}, {"a", "a2"}, {"", "b"}, {"b", "b1"}}
	errOver = errors.New("the test is over")
)

func TestCancelABranch(t *testing.T) {
	for _, tt := range []struct {
		name string
		want []string
	}{
		{"a", []string{"a", "a1", "a11", "a111", "a2"}},
		{"a1", []string{"a1", "a11", "a111"}},
		{"a2", []string{"a2"}},
		{"a111", []string{"a111"}},
		{"b", []string{"b", "b1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				tree, r := New(t.Context()), newRecord()
				grow(t, tree, r)
				gone := errors.New("the client has gone")
				cancelled := tree.Cancel(tt.name, gone)
				synctest.Wait()
				got := r.stopped()
				complaint := ""
				switch {
				case !cancelled:
					complaint = fmt.Sprintf("Cancel(%q) returned false, though it is there", tt.name)
				case !slices.Contains(got, tt.name):
					complaint = fmt.Sprintf("Cancel(%q) did not end its context", tt.name)
				}
				for _, name := range got {
					if complaint == "" && !slices.Contains(tt.want, name) {
						complaint = fmt.Sprintf("too much was stopped: Cancel(%q) also ended the context of %q, which is not below it", tt.name, name)
					}
				}
				for _, name := range tt.want {
					if complaint == "" && !slices.Contains(got, name) {
						complaint = fmt.Sprintf("%q, %d below, was not stopped by Cancel(%q): its context has not ended", name, len(name)-len(tt.name), tt.name)
					}
				}
				for _, name := range tt.want {
					if cause := r.cause(name); complaint == "" && cause != gone {
						complaint = fmt.Sprintf("the cause is lost: %q was stopped by Cancel(%q), and context.Cause says %q, want %q", name, tt.name, cause, gone)
					}
				}
				finish(tree)
				if complaint != "" {
					t.Fatal(complaint)
				}
				tree.Wait()
			})
		})
	}
}

func TestWorkCancelsItself(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		tree, r := New(t.Context()), newRecord()
		gone := errors.New("given up")
		start(t, tree, "", "a", func(ctx context.Context) {
			tree.Start("a", "a1", r.obedient("a1"))
			time.Sleep(time.Second)
			tree.Cancel("a", gone)
			if context.Cause(ctx) != gone {
				t.Error("a piece of work cancelled itself, and its context had not ended with that cause when Cancel returned")
			}
		})
		tree.Wait()
		early := len(r.stopped()) == 0
		synctest.Wait()
		switch {
		case early && len(r.stopped()) == 1:
			t.Fatal("leak: Wait returned before a piece of work below another one had")
		case r.cause("a1") != gone:
			t.Fatal("a piece of work cancelled itself, and what is below it was not stopped with the same cause")
		}
	})
}

// The first end of a context is its only one.
func TestCancelTwice(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		tree := New(t.Context())
		first := errors.New("first")
		var cause error
		start(t, tree, "", "a", func(ctx context.Context) {
			<-ctx.Done()
			time.Sleep(time.Second)
			cause = context.Cause(ctx)
		})
		one := tree.Cancel("a", first)
		two := tree.Cancel("a", errors.New("second"))
		tree.Wait()
		switch {
		case !one || !two:
			t.Fatal("Cancel returned false for one that was there: it had been cancelled, and had not returned")
		case cause != first:
			t.Fatalf("cancelled twice, the cause was %q: want that of the first time", cause)
		case tree.Cancel("a", first):
			t.Fatal("Cancel returned true for one that is not there any more")
		case tree.Cancel("", first):
			t.Fatal(`Cancel returned true for "": that is not the name of anybody`)
		}
	})
}

// What is below goes on when the one above it returns, and can still be stopped together
// with it.
func TestReturningStopsNobody(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		tree, r := New(t.Context()), newRecord()
		var own context.Context
		start(t, tree, "", "a", func(ctx context.Context) {
			own = ctx
			tree.Start("a", "a1", r.obedient("a1"))
		})
		synctest.Wait()
		defer finish(tree)
		switch {
		case len(r.stopped()) > 0:
			t.Fatal("a piece of work returned, and what is below it was stopped: it goes on until somebody cancels it")
		case own.Err() != nil:
			t.Fatal("the context of a piece of work ended when it returned, though somebody is there below it")
		case tree.Start("", "a", func(context.Context) {}):
			t.Fatal("Start took a name that is there already: the one who has it has returned, but not the one below it")
		}
		start(t, tree, "a", "a2", r.obedient("a2"))
		gone := errors.New("the client has gone")
		if !tree.Cancel("a", gone) {
			t.Fatal("Cancel returned false for one that has returned, but is there, for somebody below it is")
		}
		synctest.Wait()
		if r.cause("a1") != gone || r.cause("a2") != gone {
			t.Fatal("a piece of work had returned and was cancelled: what is below it was not stopped with that cause")
		}
		tree.Wait()
	})
}

func TestNamesAreFreeAgain(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		tree := New(t.Context())
		var handed []context.Context
		for range 3 {
			start(t, tree, "", "a", func(ctx context.Context) {
				handed = append(handed, ctx)
				tree.Start("a", "a1", func(ctx context.Context) {
					handed = append(handed, ctx)
					time.Sleep(time.Second)
				})
			})
			time.Sleep(2 * time.Second)
			synctest.Wait()
			for _, ctx := range handed {
				if ctx.Err() == nil {
					t.Fatal("leak: a piece of work and all below it have returned, but its context has not ended: the one above keeps it")
				}
			}
			if tree.Start("a", "a2", func(context.Context) {}) {
				t.Fatal("Start returned true below a parent that is not there any more")
			}
		}
		tree.Wait()
		if len(handed) != 6 {
			t.Fatalf("%d pieces of work were run, want 6", len(handed))
		}
	})
}

func TestStartRefuses(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		tree, r := New(t.Context()), newRecord()
		defer finish(tree)
		grow(t, tree, r)
		never := func(context.Context) { t.Error("Start refused, and began the work all the same") }
		slow := false
		for _, no := range []struct {
			parent, name, why string
		}{
			{"", "a", "the name is there already"},
			{"b", "a111", "the name is there already, below somebody else"},
			{"x", "x1", "the parent is not there"},
			{"a", "", "a piece of work has a name"},
		} {
			if tree.Start(no.parent, no.name, never) {
				t.Fatalf("Start of %q below %q returned true: %s", no.name, no.parent, no.why)
			}
		}
		start(t, tree, "a2", "slow", func(context.Context) { time.Sleep(time.Minute); slow = true })
		tree.Cancel("a", errOver)
		synctest.Wait()
		for _, parent := range []string{"a", "a2"} {
			if tree.Start(parent, "late", func(context.Context) {}) {
				t.Fatalf("Start returned true below %q, whose context had ended", parent)
			}
		}
		tree.Cancel("b", errOver)
		tree.Wait()
		if !slow {
			t.Fatal("leak: Wait returned before a piece of work had")
		}
	})
}

func TestWaitWaitsForTheLast(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		tree, r := New(t.Context()), newRecord()
		var last atomic.Bool
		begin := time.Now()
		start(t, tree, "", "a", func(ctx context.Context) {
			r.saw("a", ctx)
			time.Sleep(time.Second)
			tree.Start("a", "a1", func(ctx context.Context) {
				r.saw("a1", ctx)
				time.Sleep(time.Second)
				tree.Start("a1", "a11", func(ctx context.Context) {
					r.saw("a11", ctx)
					time.Sleep(time.Second)
					last.Store(true)
				})
			})
		})
		tree.Wait()
		took := time.Since(begin)
		switch {
		case !last.Load():
			t.Fatalf("leak: Wait returned after %v, before a piece of work that is two below the top had", took)
		case took != 3*time.Second:
			t.Fatalf("the last piece of work returned after 3s, and Wait after %v", took)
		}
		for _, name := range []string{"a11", "a1", "a"} {
			if r.context(name).Err() == nil {
				t.Fatalf("leak: Wait has returned, and the context of %q has not ended: a11 was the last below a1, and a1 below a", name)
			}
			if tree.Cancel(name, errOver) {
				t.Fatalf("Wait has returned, and Cancel(%q) returned true: it is there no more, for a11 was the last below a1, and a1 below a", name)
			}
		}
		New(t.Context()).Wait()
	})
}

func TestTheGivenContext(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		type key struct{}
		closing := errors.New("closing time")
		ctx, end := context.WithCancelCause(context.WithValue(t.Context(), key{}, "carried"))
		time.AfterFunc(time.Minute, func() { end(closing) })
		tree, r := New(ctx), newRecord()
		grow(t, tree, r)
		var slow atomic.Bool
		start(t, tree, "a2", "slow", func(ctx context.Context) {
			<-ctx.Done()
			time.Sleep(time.Minute)
			slow.Store(true)
		})
		for _, n := range grown {
			if r.context(n[1]).Value(key{}) != "carried" {
				finish(tree)
				t.Fatal("the contexts of the tree do not carry the values of the one that New was given")
			}
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := r.stopped(); len(got) != len(grown) {
			finish(tree)
			t.Fatalf("the context that New was given ended, and only these saw it: %s", strings.Join(got, ", "))
		}
		for _, n := range grown {
			if cause := r.cause(n[1]); cause != closing {
				t.Fatalf("the cause is lost: the context that New was given ended with %q, and %q saw %q", closing, n[1], cause)
			}
		}
		if tree.Start("", "late", func(context.Context) {}) {
			t.Fatal("Start returned true at the top, though the context that New was given had ended")
		}
		tree.Wait()
		if !slow.Load() {
			t.Fatal("leak: the context that New was given ended, and Wait returned before a piece of work had, which takes a minute to stop")
		}
	})
}

// crowded is a context in which those meet who derive another one from it at the same time.
type crowded struct {
	context.Context
	door *probe.Point
}

func (c crowded) Done() <-chan struct{} {
	c.door.Here()
	return c.Context.Done()
}

func TestManyAtTheSameTime(t *testing.T) {
	for round := range 20 {
		probe.Bubble(t, func(t *testing.T) {
			tree := New(crowded{t.Context(), &probe.Point{Yield: round > 0}})
			defer tree.Wait()
			var calls sync.WaitGroup
			var running, most atomic.Int32
			for i := range 20 {
				calls.Go(func() {
					name := fmt.Sprint(i % 5)
					tree.Start("", name, func(ctx context.Context) {
						for j := range 3 {
							tree.Start(name, fmt.Sprint(name, "/", j), func(ctx context.Context) { <-ctx.Done() })
						}
						most.Store(max(most.Load(), running.Add(1)))
						<-ctx.Done()
						running.Add(-1)
					})
				})
			}
			calls.Wait()
			synctest.Wait()
			now := running.Load()
			for i := range 5 {
				calls.Go(func() { tree.Cancel(fmt.Sprint(i), errOver) })
			}
			calls.Wait()
			if now != 5 {
				t.Fatalf("20 goroutines called Start with 5 names at the same time, and %d pieces of work ran: want one for each name", now)
			}
		})
	}
}

func TestTreesAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		one, two := New(t.Context()), New(t.Context())
		r := newRecord()
		start(t, one, "", "a", r.obedient("one"))
		if !two.Start("", "a", r.obedient("two")) {
			one.Cancel("a", errOver)
			t.Fatal("Start returned false: the name was there, but in another tree")
		}
		two.Cancel("a", errOver)
		two.Wait()
		got := r.stopped()
		one.Cancel("a", errOver)
		if !slices.Equal(got, []string{"two"}) {
			t.Fatalf("Cancel in one tree stopped %v, want [two]", got)
		}
		one.Wait()
	})
}
