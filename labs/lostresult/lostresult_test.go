package lostresult

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

	"lab.example/gopark/internal/stacks"
	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are exact, and
// the first message that you see says what is wrong with All.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lap is no round number: whoever sleeps where he should wait is late.
const lap = time.Second + 7*time.Nanosecond

// books is where the calls go, and what they are to return.
type books struct {
	takes func(id string) time.Duration
	fails map[string]error

	calls atomic.Int32
}

func (b *books) fetch(_ context.Context, id string) (string, error) {
	b.calls.Add(1)
	time.Sleep(b.takes(id))
	return "text of " + id, b.fails[id]
}

// titles returns n ids, all different.
func titles(n int) []string {
	var ids []string
	for i := range n {
		ids = append(ids, fmt.Sprint("book ", i))
	}
	return ids
}

// slowFirst makes the first of n titles take n laps, and the last of them one.
func slowFirst(n int) func(string) time.Duration {
	return func(id string) time.Duration {
		var i int
		fmt.Sscanf(id, "book %d", &i)
		return time.Duration(n-i) * lap
	}
}

// home ends the test if the results are not those that the calls returned.
func (b *books) home(t *testing.T, ids []string, got []Result) {
	t.Helper()
	if len(got) < len(ids) {
		t.Fatalf("results are lost: %d calls were made, and there are %d results", len(ids), len(got))
	}
	if len(got) > len(ids) {
		t.Fatalf("%d calls, and %d results", len(ids), len(got))
	}
	var values []string
	for _, r := range got {
		values = append(values, r.Value)
	}
	for i, id := range ids {
		want := Result{"text of " + id, b.fails[id]}
		switch r := got[i]; {
		case r == want:
		case r == Result{}:
			t.Fatalf("a result is lost: the call for %q returned %q and %v, and there is neither a value nor an error at its index", id, want.Value, want.Err)
		case r.Value != want.Value && slices.Contains(values, want.Value):
			t.Fatalf("at the index of %q there is %q: each result belongs to its own index, whichever call returns first", id, r.Value)
		case r.Value == "" && r.Err == want.Err:
			t.Fatalf("a value is lost: the call for %q returned %q together with the error %q, and only the error is there", id, want.Value, want.Err)
		case r.Value == want.Value && r.Err == nil:
			t.Fatalf("an error is lost: the call for %q failed with %q, and there is only the value", id, want.Err)
		case errors.Is(r.Err, context.Canceled):
			t.Fatalf("another call failed, and that for %q was given up with %q: one that fails stops nobody", id, r.Err)
		default:
			t.Fatalf("the call for %q returned %q and %v, and its result is %q and %v", id, want.Value, want.Err, r.Value, r.Err)
		}
	}
}

func TestNothingToCall(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		probe.Took(t, 0, func() {
			if got := All(t.Context(), nil, (&books{}).fetch); len(got) > 0 {
				t.Fatalf("nothing was asked for, and there are %d results", len(got))
			}
		})
	})
}

func TestEachAtItsIndex(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		const n = 20
		b := &books{takes: slowFirst(n)}
		start := time.Now()
		got := All(t.Context(), titles(n), b.fetch)
		took := time.Since(start)
		b.home(t, titles(n), got)
		switch {
		case took == n*(n+1)/2*lap:
			t.Fatalf("one after another: %d calls, the longest of which takes %v, took %v", n, n*lap, took)
		case took != n*lap:
			t.Fatalf("%d calls, the longest of which takes %v, took %v", n, n*lap, took)
		}
	})
}

// All come at the same instant.
func TestAllAtOnce(t *testing.T) {
	for range 20 {
		probe.Bubble(t, func(t *testing.T) {
			b := &books{takes: func(string) time.Duration { return lap }}
			probe.Took(t, lap, func() { b.home(t, titles(50), All(t.Context(), titles(50), b.fetch)) })
		})
	}
}

func TestSomeFail(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		const n = 6
		b := &books{takes: slowFirst(n), fails: map[string]error{
			"book 4": errors.New("page 7 is missing"), "book 2": errors.New("burnt"), "book 0": errors.New("page 9 is missing"),
		}}
		start := time.Now()
		got := All(t.Context(), titles(n), b.fetch)
		if took := time.Since(start); took < n*lap {
			t.Fatalf("a call failed, and All did not wait for the others: it returned after %v, and the last call after %v", took, n*lap)
		}
		b.home(t, titles(n), got)
	})
}

func TestFailureStopsNobody(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		type key struct{}
		ctx := context.WithValue(t.Context(), key{}, "carried")
		burnt := errors.New("burnt")
		got := All(ctx, []string{"a", "b"}, func(ctx context.Context, id string) (string, error) {
			if ctx.Value(key{}) != "carried" {
				t.Error("the calls are handed another context: it does not carry the values of the one that All was given")
			}
			if id == "a" {
				return "", burnt
			}
			time.Sleep(lap)
			return "text", ctx.Err()
		})
		if len(got) != 2 || got[0].Err != burnt || got[1] != (Result{"text", nil}) {
			t.Fatalf("one call failed, and another one was stopped: the results are %v, want the error %q and a text", got, burnt)
		}
	})
}

// The same book is asked for several times, and nobody gets the copy of somebody else.
func TestTheSameIDTwice(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ids := strings.Fields("a b a a b")
		var copies atomic.Int32
		got := All(t.Context(), ids, func(_ context.Context, id string) (string, error) {
			time.Sleep(lap)
			return fmt.Sprint(id, " copy ", copies.Add(1)), nil
		})
		if n := copies.Load(); int(n) != len(ids) {
			t.Fatalf("%d ids, some of them the same, and %d calls: each has a call of its own", len(ids), n)
		}
		seen := map[string]bool{}
		for i, r := range got {
			if !strings.HasPrefix(r.Value, ids[i]+" ") || seen[r.Value] {
				t.Fatalf("an id is there more than once, and a result is lost: %v was asked for, and came as %v", ids, got)
			}
			seen[r.Value] = true
		}
		if len(got) != len(ids) {
			t.Fatalf("an id is there more than once, and a result is lost: %v was asked for, and came as %v", ids, got)
		}
	})
}

var errClosingTime = errors.New("closing time")

// The first call is slow, half of the rest are there in time, and then it is over.
func TestContextEnds(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		const n = 40
		ctx, end := context.WithCancelCause(t.Context())
		time.AfterFunc(3*lap/2, func() { end(errClosingTime) })
		early := func(i int) bool { return i%2 == 1 }
		b := &books{takes: func(id string) time.Duration {
			var i int
			fmt.Sscanf(id, "book %d", &i)
			if early(i) {
				return lap
			}
			return 3 * lap
		}, fails: map[string]error{"book 3": errors.New("burnt")}}
		start := time.Now()
		got := All(ctx, titles(n), b.fetch)
		switch took := time.Since(start); {
		case took >= 3*lap:
			t.Fatalf("ctx ended after %v, and All waited for all calls: it took %v", 3*lap/2, took)
		case took != 3*lap/2:
			t.Fatalf("ctx ended after %v, and All returned after %v", 3*lap/2, took)
		case len(got) != n:
			t.Fatalf("results are lost: %d calls were made, ctx ended, and there are %d results", n, len(got))
		}
		then := slices.Clone(got)
		for i, id := range titles(n) {
			want := Result{"", errClosingTime}
			if early(i) {
				want = Result{"text of " + id, b.fails[id]}
			}
			switch r := got[i]; {
			case r == want:
			case early(i):
				t.Fatalf("a result is lost when ctx ends: the call for %q had returned %q and %v before, and its result is %q and %v", id, want.Value, want.Err, r.Value, r.Err)
			case r == Result{}:
				t.Fatalf("the call for %q had not returned when ctx ended, and its result looks like a success: no error", id)
			case r.Err == context.Canceled:
				t.Fatalf("the cause is lost: the error for %q is %q, want the cause of ctx, %q", id, r.Err, errClosingTime)
			default:
				t.Fatalf("the call for %q had not returned when ctx ended, and its result is %q and %v, want the cause of ctx", id, r.Value, r.Err)
			}
		}
		time.Sleep(10 * lap)
		if !slices.Equal(got, then) {
			t.Fatal("All had returned, and its results were changed afterwards: a call that came late wrote to what belongs to the caller")
		}
	})
}

// Calls that mind ctx return at the same instant as All.
func TestContextEndsAndCallsMind(t *testing.T) {
	for range 20 {
		probe.Bubble(t, func(t *testing.T) {
			ctx, end := context.WithCancelCause(t.Context())
			time.AfterFunc(lap, func() { end(errClosingTime) })
			probe.Took(t, lap, func() {
				for i, r := range All(ctx, titles(20), func(ctx context.Context, _ string) (string, error) {
					<-ctx.Done()
					return "", fmt.Errorf("stopped: %w", context.Cause(ctx))
				}) {
					if !errors.Is(r.Err, errClosingTime) {
						t.Fatalf("ctx ended, and the result at %d has the error %v", i, r.Err)
					}
				}
			})
		})
	}
}

// closing is a context that ends while All is about to wait for it: once the calls have begun,
// the first who asks for Done gets it back when it has ended, and when everybody else has come
// as far as he can. So there is something to receive from two sides.
type closing struct {
	context.Context
	end   func()
	began func() bool

	held atomic.Bool
}

func (c *closing) Done() <-chan struct{} {
	if c.held.CompareAndSwap(false, true) {
		// All may hold a lock here that its calls wait for: they have not come home then.
		if c.come(); !c.began() || strings.Contains(stacks.All(), "[sync.Mutex.Lock") {
			c.held.Store(false)
			return c.Context.Done()
		}
		synctest.Wait()
		c.end()
		synctest.Wait()
	}
	return c.Context.Done()
}

// come returns when nobody else can run any more, whatever they wait for.
func (c *closing) come() { new(probe.Point).Here() }

// Of each id, one call returns at once, and another one does not.
func TestContextEndsWithResultsThere(t *testing.T) {
	for range 30 {
		probe.Bubble(t, func(t *testing.T) {
			const n = 20
			ids := slices.Concat([]string{"blank"}, titles(n), titles(n))
			var began atomic.Int32
			var copies [n]atomic.Int32
			ctx, end := context.WithCancelCause(t.Context())
			time.AfterFunc(lap, func() { end(errClosingTime) })
			over := &closing{Context: ctx, end: func() { end(errClosingTime) }, began: func() bool { return began.Load() > 0 }}
			got := All(over, ids, func(_ context.Context, id string) (string, error) {
				began.Add(1)
				if id == "blank" {
					return "", nil
				}
				var i int
				fmt.Sscanf(id, "book %d", &i)
				if copies[i].Add(1) > 1 {
					time.Sleep(3 * lap)
				}
				return "text of " + id, nil
			})
			time.Sleep(10 * lap)
			if len(got) != len(ids) {
				t.Fatalf("results are lost: %d calls were made, ctx ended, and there are %d results", len(ids), len(got))
			}
			text := func(i int) bool { return got[i] == Result{"text of " + ids[i], nil} }
			for i := 1; i <= n; i++ {
				switch one, other := got[i], got[i+n]; {
				case one == Result{}, other == Result{}:
					t.Fatalf("%q was asked for twice, one call had returned when ctx ended, and the result of the other looks like a success: no value and no error", ids[i])
				case !text(i) && !text(i+n):
					t.Fatalf("a result is lost when ctx ends: a call for %q had returned before, and what came of it is not there: All has to look once more at what has arrived", ids[i])
				}
			}
			if got[0].Err != nil {
				t.Fatalf("a result is lost when ctx ends: a call had returned before, an empty value and no error, and in its place is the error %q", got[0].Err)
			}
		})
	}
}

// As many as nobody has thought of.
func TestThousandsOfCalls(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		const n = 3000
		ctx, end := context.WithCancelCause(t.Context())
		var g probe.Gate
		defer g.Open()
		var all sync.WaitGroup
		all.Go(func() {
			All(ctx, titles(n), func(context.Context, string) (string, error) {
				g.Wait()
				return "", nil
			})
		})
		synctest.Wait()
		if at := g.Arrived(); at < n {
			t.Errorf("only %d of %d calls run at the same time: nothing limits them", at, n)
		}
		end(errClosingTime)
		all.Wait()
	})
}

func TestContextHasEndedBefore(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancelCause(t.Context())
		end(errClosingTime)
		b := &books{takes: func(string) time.Duration { return lap }}
		got := All(ctx, titles(9), b.fetch)
		time.Sleep(lap)
		if n := b.calls.Load(); n > 0 {
			t.Fatalf("ctx had ended before, and %d calls were made all the same", n)
		}
		for _, r := range got {
			if r != (Result{"", errClosingTime}) {
				t.Fatalf("ctx had ended before, and a result is %q and %v: want the cause of ctx", r.Value, r.Err)
			}
		}
		if len(got) != 9 {
			t.Fatalf("results are lost: ctx had ended before, and for 9 ids there are %d", len(got))
		}
	})
}

// endless is a context that could end and never does: whoever waits for it is left.
type endless struct {
	context.Context
	done    chan struct{}
	derived *atomic.Int32
}

func (e endless) Done() <-chan struct{} { return e.done }

// AfterFunc is what package context asks of it for a context that is derived from it.
func (e endless) AfterFunc(func()) (stop func() bool) {
	e.derived.Add(1)
	return sync.OnceValue(func() bool {
		e.derived.Add(-1)
		return true
	})
}

// The calls take a year: All has no limit of its own.
func TestNothingIsLeft(t *testing.T) {
	for _, takes := range []time.Duration{lap, 365 * 24 * time.Hour} {
		probe.Bubble(t, func(t *testing.T) {
			b := &books{takes: func(string) time.Duration { return takes }}
			ctx := endless{context.Background(), make(chan struct{}), new(atomic.Int32)}
			probe.Took(t, takes, func() { b.home(t, titles(5), All(ctx, titles(5), b.fetch)) })
			if n := ctx.derived.Load(); n > 0 {
				t.Fatalf("leak: all calls have returned, and ctx still knows %d that All derived from it: a context that nobody cancelled, or an AfterFunc that nobody stopped", n)
			}
		})
	}
}

func TestResultsBelongToTheCaller(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		b := &books{takes: func(string) time.Duration { return lap }}
		got := All(t.Context(), titles(5), b.fetch)
		b.home(t, titles(5), got)
		then := slices.Clone(got)
		All(t.Context(), []string{"other"}, b.fetch)
		if !slices.Equal(got, then) {
			t.Fatal("All was called once more, and what it had returned the first time was changed: that belongs to the caller")
		}
	})
}

func TestCallsOfAllAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var calls sync.WaitGroup
		for n := range 5 {
			calls.Go(func() {
				b := &books{takes: slowFirst(n)}
				for i, r := range All(t.Context(), titles(n), b.fetch) {
					if r.Value != "text of "+titles(n)[i] {
						t.Errorf("calls of All at the same time disturb each other: one asked for %q and got %q", titles(n)[i], r.Value)
					}
				}
			})
		}
		calls.Wait()
	})
}
