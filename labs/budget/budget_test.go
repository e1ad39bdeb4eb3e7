package budget

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are
// exact, and the first message that you see says what is wrong with Run.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const never = -1 // begins

// record makes calls and writes down what time they are given.
type record struct {
	start time.Time

	mu      sync.Mutex
	begun   []time.Duration   // by call, since start
	made    []int             // by call: how often
	share   []time.Duration   // by call: from its begin to its deadline
	ctxs    []context.Context // by call
	running int
	most    int
	alive   bool // a call began, or the answer, and the context of one before had not ended
}

func newRecord() *record { return &record{start: time.Now()} }

var errLate = errors.New("answered too late")

// call adds one that takes d, if it is given that long, and then returns its number and err. If it
// is stubborn it takes d anyway.
func (r *record) call(d time.Duration, stubborn bool, err error) Call {
	i := len(r.begun)
	r.begun = append(r.begun, never)
	r.made = append(r.made, 0)
	r.share = append(r.share, never)
	r.ctxs = append(r.ctxs, nil)
	return func(ctx context.Context) (string, error) {
		r.enter(i, ctx)
		defer r.leave()
		var done <-chan struct{}
		if !stubborn {
			done = ctx.Done()
		}
		select {
		case <-time.After(d):
			return fmt.Sprint(i), err
		case <-done:
			return "", errLate
		}
	}
}

func (r *record) enter(i int, ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begun[i] = time.Since(r.start)
	r.made[i]++
	if at, ok := ctx.Deadline(); ok {
		r.share[i] = time.Until(at)
	}
	r.lookBack(i)
	r.ctxs[i] = ctx
	r.running++
	r.most = max(r.most, r.running)
}

func (r *record) lookBack(i int) {
	for _, before := range r.ctxs[:i] {
		r.alive = r.alive || before != nil && before.Err() == nil
	}
}

func (r *record) leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running--
}

// answered is what the answer was given.
type answered struct {
	times   int
	at      time.Duration
	left    time.Duration // until its deadline
	results []Result
	ctx     context.Context
}

func (r *record) answer(a *answered) Answer {
	return func(ctx context.Context, results []Result) (string, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		a.times++
		a.at = time.Since(r.start)
		a.ctx = ctx
		a.results = results
		a.left = never
		if at, ok := ctx.Deadline(); ok {
			a.left = time.Until(at)
		}
		r.lookBack(len(r.ctxs))
		return "answer", errAnswer
	}
}

var (
	errAnswer  = errors.New("what the answer said")
	errRefused = errors.New("connection refused")
	errGone    = errors.New("nobody waits any more")
)

const (
	s = time.Second
	m = time.Minute
)

// check compares results.
func check(t *testing.T, got, want []Result) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("the answer was given %d results, want one for each of the %d calls: %v", len(got), len(want), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("the result of call %d is %v, want %v", i, got[i], want[i])
		}
	}
}

func TestFailures(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		r := newRecord()
		calls := []Call{r.call(s, false, errRefused), r.call(2*s, false, errRefused), r.call(s, false, nil)}
		var a answered
		_, err := Run(t.Context(), 33*s, 3*s, calls, r.answer(&a))
		switch {
		case r.begun[1] == never || r.begun[2] == never:
			t.Fatal("one call failed, and a later one was not made: an error is a result like any other")
		case r.made[0] > 1 || r.made[1] > 1:
			t.Fatalf("calls failed, and were made %d times: each is made once, and its error is a result", max(r.made[0], r.made[1]))
		case err == nil || a.times == 0:
			t.Fatal("calls failed, and there was no answer: it is for the answer to decide what can be made of the rest")
		}
		check(t, a.results, []Result{{"0", errRefused}, {"1", errRefused}, {"2", nil}})
	})
}

func TestShares(t *testing.T) {
	for _, tt := range []struct {
		name  string
		total time.Duration // with a reserve of 3s
		given time.Duration // deadline of ctx; 0 is none
		calls []time.Duration
		begin []time.Duration
		share []time.Duration
		left  time.Duration // for the answer
	}{
		{"all take what they get", 33 * s, 0, []time.Duration{m, m, m}, []time.Duration{0, 10 * s, 20 * s}, []time.Duration{10 * s, 10 * s, 10 * s}, 3 * s},
		{"the first saves", 33 * s, 0, []time.Duration{4 * s, m, m}, []time.Duration{0, 4 * s, 17 * s}, []time.Duration{10 * s, 13 * s, 13 * s}, 3 * s},
		{"all but the last save", 33 * s, 0, []time.Duration{1 * s, 2 * s, m}, []time.Duration{0, 1 * s, 3 * s}, []time.Duration{10 * s, 14500 * time.Millisecond, 27 * s}, 3 * s},
		{"all save", 33 * s, 0, []time.Duration{1 * s, 1 * s, 1 * s}, []time.Duration{0, 1 * s, 2 * s}, []time.Duration{10 * s, 14500 * time.Millisecond, 28 * s}, 30 * s},
		{"the given context ends earlier", m, 33 * s, []time.Duration{m, m, m}, []time.Duration{0, 10 * s, 20 * s}, []time.Duration{10 * s, 10 * s, 10 * s}, 3 * s},
		{"the given context ends later", 33 * s, m, []time.Duration{m, m, m}, []time.Duration{0, 10 * s, 20 * s}, []time.Duration{10 * s, 10 * s, 10 * s}, 3 * s},
		{"one call", 33 * s, 0, []time.Duration{m}, []time.Duration{0}, []time.Duration{30 * s}, 3 * s},
		{"no calls", 33 * s, 0, nil, nil, nil, 33 * s},
		{"five calls", 23 * s, 0, []time.Duration{m, 0, m, 0, m}, []time.Duration{0, 4 * s, 4 * s, 4*s + 16*s/3, 4*s + 16*s/3}, []time.Duration{4 * s, 4 * s, 16 * s / 3, (16*s - 16*s/3) / 2, 16*s - 16*s/3}, 3 * s},
	} {
		t.Run(tt.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				ctx := t.Context()
				if tt.given > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.given)
					defer cancel()
				}
				r := newRecord()
				var calls []Call
				for _, d := range tt.calls {
					calls = append(calls, r.call(d, false, nil))
				}
				var a answered
				value, err := Run(ctx, tt.total, 3*s, calls, r.answer(&a))
				r.mu.Lock()
				defer r.mu.Unlock()
				if r.most > 1 {
					t.Fatalf("%d calls were made at the same time: want one after another", r.most)
				}
				for i, want := range tt.share {
					got := r.share[i]
					switch {
					case r.begun[i] == never:
						t.Fatalf("call %d was not made", i)
					case got == want && r.begun[i] == tt.begin[i]:
					case got == want:
						t.Fatalf("call %d was made after %v, want %v: at once when the one before it has returned", i, r.begun[i], tt.begin[i])
					case got == never:
						t.Fatalf("call %d has no deadline, want one in %v", i, want)
					case i == 0 && tt.given > 0 && tt.given < tt.total:
						t.Fatalf("the given context ends before the total: call 0 of %d was given %v, want %v: the share counts from the earlier deadline", len(calls), got, want)
					case i > 0 && tt.calls[0] < 10*s && got == r.share[0]:
						t.Fatalf("call %d was given %v, want %v: what the calls before it have saved is lost", i, got, want)
					case i > 0 && tt.calls[0] < 10*s && got > want:
						t.Fatalf("call %d was given %v, want %v: what one has saved all that follow have, and not only the next", i, got, want)
					case i == 0 && got >= tt.total-3*s:
						t.Fatalf("call %d of %d was given %v, which is all there is: want %v", i, len(calls), got, want)
					case i == 0 && got == want+3*s/time.Duration(len(calls)):
						t.Fatalf("call %d of %d was given %v, want %v: the reserve belongs to the answer", i, len(calls), got, want)
					default:
						t.Fatalf("call %d of %d was given %v, want %v", i, len(calls), got, want)
					}
				}
				switch {
				case a.times != 1:
					t.Fatalf("the answer was called %d times, want once", a.times)
				case a.left != tt.left:
					t.Fatalf("the answer has %v left, want %v: its deadline is the one for everything", a.left, tt.left)
				case r.alive:
					t.Fatal("leak: a call had returned, and its context had not ended when the next one began, or the answer")
				case a.ctx.Err() == nil:
					t.Fatal("leak: Run has returned, and the context of the answer has not ended")
				case value != "answer" || err != errAnswer:
					t.Fatalf("Run returned %q, %v: want what the answer returned, as it is", value, err)
				}
			})
		})
	}
}

// The first call takes no notice of its context.
func TestOverrun(t *testing.T) {
	for _, tt := range []struct {
		name  string
		first time.Duration
		share []time.Duration
		left  time.Duration
		want  []Result
	}{
		{"something is left", 20 * s, []time.Duration{10 * s, 5 * s, 5 * s}, 3 * s, []Result{{"0", nil}, {"", errLate}, {"", errLate}}},
		{"nothing is left", 30 * s, []time.Duration{10 * s, never, never}, 3 * s, []Result{{"0", nil}, {"", ErrNoTime}, {"", ErrNoTime}}},
		{"the reserve is eaten", 31 * s, []time.Duration{10 * s, never, never}, 2 * s, []Result{{"0", nil}, {"", ErrNoTime}, {"", ErrNoTime}}},
		{"everything is over", 40 * s, []time.Duration{10 * s, never, never}, -7 * s, []Result{{"0", nil}, {"", ErrNoTime}, {"", ErrNoTime}}},
	} {
		for _, given := range []bool{false, true} {
			t.Run(fmt.Sprint(tt.name, " ", given), func(t *testing.T) {
				probe.Bubble(t, func(t *testing.T) {
					ctx, total := t.Context(), 33*s
					if given { // the same deadline, but it is that of the context
						var cancel context.CancelFunc
						ctx, cancel = context.WithTimeoutCause(ctx, total, errGone)
						defer cancel()
						total = time.Hour
					}
					r := newRecord()
					calls := []Call{r.call(tt.first, true, nil), r.call(m, false, nil), r.call(m, false, nil)}
					var a answered
					_, _ = Run(ctx, total, 3*s, calls, r.answer(&a))
					time.Sleep(m) // who was not waited for has returned
					for i, want := range tt.share {
						switch got := r.share[i]; {
						case want == never && r.begun[i] != never:
							t.Fatalf("call %d was made, and no time was left for it: the first had taken %v of 30s", i, tt.first)
						case i == 1 && r.begun[1] != never && r.begun[1] < tt.first:
							t.Fatalf("call 1 was made after %v, when the first had not returned: want one after another", r.begun[1])
						case got != want:
							t.Fatalf("the first call took %v of 30s, and call %d was given %v, want %v", tt.first, i, got, want)
						}
					}
					if a.times == 0 {
						t.Fatalf("the first call took %v of 30s, and the answer was not called: it is, even if the deadline is over", tt.first)
					}
					if a.times != 1 || a.left != tt.left {
						t.Fatalf("the answer was called %d times, with %v left: want once, with %v", a.times, a.left, tt.left)
					}
					check(t, a.results, tt.want)
				})
			})
		}
	}
}

func TestGivenContextEnds(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		type key struct{}
		closing := errors.New("closing time")
		ctx, end := context.WithCancelCause(context.WithValue(t.Context(), key{}, "carried"))
		time.AfterFunc(5*s, func() { end(closing) })
		r := newRecord()
		calls := []Call{r.call(m, false, nil), r.call(m, false, nil)}
		var a answered
		value, err := Run(ctx, 33*s, 3*s, calls, r.answer(&a))
		switch {
		case r.ctxs[0] == nil || r.ctxs[0].Value(key{}) != "carried":
			t.Fatal("the context of a call does not carry the values of the one that Run was given")
		case time.Since(r.start) != 5*s:
			t.Fatalf("the given context ended after 5s, and Run returned after %v", time.Since(r.start))
		case r.begun[1] != never:
			t.Fatal("the given context had ended, and another call was made")
		case a.times > 0:
			t.Fatal("the given context had ended, and the answer was called: nobody is there who wants it")
		case err == context.Canceled:
			t.Fatalf("the cause is lost: Run returned %q, want %q", err, closing)
		case err != closing || value != "":
			t.Fatalf("the given context ended with the cause %q, and Run returned %q, %v", closing, value, err)
		}
		r = newRecord()
		a = answered{}
		_, err = Run(ctx, 33*s, 3*s, []Call{r.call(s, false, nil)}, r.answer(&a))
		if r.begun[0] != never || a.times > 0 || err != closing {
			t.Fatalf("the given context had ended before, and Run returned %v after %d calls of the answer: want %q, and nobody called", err, a.times, closing)
		}
	})
}

// The deadline of the given context is over before Run is called.
func TestOverBefore(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), s)
		defer cancel()
		time.Sleep(2 * s)
		r := newRecord()
		var a answered
		value, err := Run(ctx, 33*s, 3*s, []Call{r.call(s, false, nil)}, r.answer(&a))
		switch {
		case r.begun[0] != never:
			t.Fatal("the deadline was over before, and a call was made: no time was left for it")
		case a.times != 1 || value != "answer" || err != errAnswer:
			t.Fatalf("the deadline was over before: the answer was called %d times, and Run returned %q, %v: want once, and what that returned", a.times, value, err)
		}
		check(t, a.results, []Result{{"", ErrNoTime}})
	})
}

// ctx ends while the last call is made, which takes no notice of it, whether the deadline is
// over when it returns or not.
func TestGivenContextEndsInTheLastCall(t *testing.T) {
	for _, takes := range []time.Duration{10 * s, 40 * s} {
		probe.Bubble(t, func(t *testing.T) {
			closing := errors.New("closing time")
			ctx, end := context.WithCancelCause(t.Context())
			time.AfterFunc(5*s, func() { end(closing) })
			r := newRecord()
			var a answered
			value, err := Run(ctx, 33*s, 3*s, []Call{r.call(s, false, nil), r.call(takes, true, nil)}, r.answer(&a))
			took := time.Since(r.start)
			time.Sleep(m) // who was not waited for has returned
			switch {
			case took != s+takes:
				t.Fatalf("the given context ended in the last call, and that returned after %v, and Run after %v: it waits for the calls", s+takes, took)
			case a.times > 0:
				t.Fatal("the given context had ended in the last call, and the answer was called: nobody is there who wants it")
			case err != closing || value != "":
				t.Fatalf("the given context ended in the last call with the cause %q, and Run returned %q, %v", closing, value, err)
			}
		})
	}
}

// ctx ends while the answer is made, which waits for that, and is through all the same.
func TestGivenContextEndsInTheAnswer(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		type key struct{}
		ctx, end := context.WithCancelCause(context.WithValue(t.Context(), key{}, "carried"))
		time.AfterFunc(5*s, func() { end(errGone) })
		start := time.Now()
		value, err := Run(ctx, 33*s, 3*s, nil, func(ctx context.Context, _ []Result) (string, error) {
			<-ctx.Done()
			return fmt.Sprint(ctx.Value(key{})), nil
		})
		switch took := time.Since(start); {
		case took != 5*s:
			t.Fatalf("the given context ended after 5s, and that of the answer after %v: want it derived from the given one", took)
		case err == nil && value != "carried":
			t.Fatal("the context of the answer does not carry the values of the one that Run was given")
		case err != nil:
			t.Fatalf("the answer had been called when the given context ended, and returned no error, and Run returned %q: want what the answer returned", err)
		}
	})
}

func TestRunsAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var runs sync.WaitGroup
		for i := range 3 {
			runs.Go(func() {
				r := newRecord()
				var a answered
				late := fmt.Errorf("run %d", i)
				_, _ = Run(t.Context(), 33*s, 3*s, []Call{r.call(4*s, false, late), r.call(m, false, nil), r.call(m, false, nil)}, r.answer(&a))
				if r.share[2] != 13*s || a.left != 3*s {
					t.Errorf("three at the same time: the last call of one was given %v and the answer %v, want 13s and 3s for each", r.share[2], a.left)
				}
				if len(a.results) != 3 || a.results[0].Err != late {
					t.Errorf("three at the same time: the results of one are mixed up with those of another: %v", a.results)
				}
			})
			time.Sleep(s)
		}
		runs.Wait()
	})
}
