package pipeline

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are
// exact, and the first message that you see says what is wrong with First.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tick is no round number: whoever sleeps where he should wait is late.
const tick = time.Second + 7*time.Nanosecond

// plant is a source and stages that know when they are used wrongly.
type plant struct {
	start   time.Time
	working atomic.Int32 // calls that run
	most    atomic.Int32 // at the same time
	sourced atomic.Int32 // calls of the source
	ends    bool         // source says that there are no more when it is stopped
	misuse  atomic.Pointer[string]
	context atomic.Value // the last one that was handed to somebody
}

func newPlant() *plant { return &plant{start: time.Now()} }

func (p *plant) complain(what string) { p.misuse.CompareAndSwap(nil, &what) }

// call marks the time in which somebody works. inside is his own.
func (p *plant) call(ctx context.Context, inside *atomic.Int32, who string) (leave func()) {
	if inside.Add(1) > 1 {
		p.complain(who + " was called twice at the same time")
	}
	n := p.working.Add(1)
	for most := p.most.Load(); n > most && !p.most.CompareAndSwap(most, n); most = p.most.Load() {
	}
	p.context.Store(&ctx)
	return func() {
		inside.Add(-1)
		p.working.Add(-1)
	}
}

// sleep returns false if ctx ended before d was over.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// junk is what source and stages return when they were stopped.
const junk = -999

// source makes 1, 2, ..., n, each in d.
func (p *plant) source(n int, d time.Duration) Source {
	var inside atomic.Int32
	made := 0
	return func(ctx context.Context) (int, bool) {
		defer p.call(ctx, &inside, "source")()
		p.sourced.Add(1)
		if made > n {
			p.complain("source was called again after it had said that there are no more")
		}
		made++
		if made > n {
			return 0, false
		}
		if !sleep(ctx, d) {
			return junk, !p.ends
		}
		return made, true
	}
}

// stage multiplies by ten and adds digit, in d.
func (p *plant) stage(digit int, d time.Duration) Stage {
	var inside atomic.Int32
	return func(ctx context.Context, value int) int {
		defer p.call(ctx, &inside, "a stage")()
		if !sleep(ctx, d) {
			return junk
		}
		return value*10 + digit
	}
}

// check ends the test if somebody is still at work, or was called as he must not be.
func (p *plant) check(t *testing.T) {
	t.Helper()
	if n := p.working.Load(); n > 0 {
		t.Fatalf("leak: First returned while %d of source and stages were still at work", n)
	}
	if what := p.misuse.Load(); what != nil {
		t.Fatal(*what)
	}
}

// values ends the test if got is not want.
func values(t *testing.T, got []int, want ...int) {
	t.Helper()
	inOrder := slices.Sorted(slices.Values(got))
	switch {
	case slices.Equal(got, want):
	case slices.Contains(got, junk) || slices.ContainsFunc(got, func(v int) bool { return v < 0 }):
		t.Fatalf("First returned %v, want %v: what source and stages return after their context has ended means nothing", got, want)
	case len(got) > len(want):
		t.Fatalf("First returned %d values, %v: want %v", len(got), got, want)
	case len(got) < len(want):
		t.Fatalf("values are lost: First returned %v, want %v", got, want)
	case slices.Equal(inOrder, want):
		t.Fatalf("not in order: First returned %v, want %v", got, want)
	default:
		t.Fatalf("First returned %v, want %v: every value goes through all stages, in the order of the arguments", got, want)
	}
}

func TestWithoutStages(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		p := newPlant()
		got, err := First(t.Context(), 3, p.source(100, tick))
		values(t, got, 1, 2, 3)
		if err != nil {
			t.Fatalf("there were 3 values, but First returned the error %q", err)
		}
		p.check(t)
	})
}

func TestNone(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		p := newPlant()
		got, err := First(t.Context(), 0, p.source(100, tick), p.stage(1, tick))
		values(t, got)
		if p.sourced.Load() > 0 || time.Since(p.start) > 0 {
			t.Fatal("nothing was wanted, and source was called")
		}
		if err != nil {
			t.Fatalf("nothing was wanted, but First returned the error %q", err)
		}
	})
}

// The values may be any numbers, and n may be far more than there are.
func TestAnyValue(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		made := []int{0, -1, 7, 0, -5}
		next := 0
		source := func(context.Context) (int, bool) {
			if next == len(made) {
				return 0, false
			}
			next++
			return made[next-1], true
		}
		same := func(_ context.Context, value int) int { return value }
		got, err := First(t.Context(), math.MaxInt, source, same, same)
		if !slices.Equal(got, made) || err != nil {
			t.Fatalf("source made %v and ended, but First returned %v and %v: want all of them and nil, whatever the numbers are", made, got, err)
		}
	})
}

func TestAllAtTheSameTime(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		p := newPlant()
		last := p.stage(3, tick)
		var calls, tenth atomic.Int64
		got, err := First(t.Context(), 10, p.source(1000, tick), p.stage(1, tick), p.stage(2, tick), func(ctx context.Context, value int) int {
			value = last(ctx, value)
			if calls.Add(1) == 10 {
				tenth.Store(int64(time.Since(p.start)))
			}
			return value
		})
		took := time.Since(p.start)
		values(t, got, 1123, 2123, 3123, 4123, 5123, 6123, 7123, 8123, 9123, 10123)
		p.check(t)
		switch {
		case took == 40*tick:
			t.Fatal("one after another: 10 values through a source and 3 stages of 1s each took 40s, want 13s, for each of them can work on another value")
		case took > 900*tick:
			t.Fatalf("not told to stop: 10 values were wanted, and First took %v, as long as it takes to make all 1000", took)
		case took > 13*tick && took < 13*tick+tick/2:
			t.Fatalf("10 values through a source and 3 stages of %v each took %v, want %v: First looks from time to time where it should wait", tick, took, 13*tick)
		case tenth.Load() > int64(13*tick) && took < 20*tick:
			t.Fatalf("values are kept back: the 10th came out of the last stage after %v, want %v, for each is handed on as soon as it is made", time.Duration(tenth.Load()), 13*tick)
		case took == 14*tick:
			t.Fatalf("not told to stop: the 10 values were there after %v, but First returned after %v, when a call that had begun was over", 13*tick, took)
		case took != 13*tick:
			t.Fatalf("10 values through a source and 3 stages of %v each took %v, want %v", tick, took, 13*tick)
		case err != nil:
			t.Fatalf("there were 10 values, but First returned the error %q", err)
		}
	})
}

// When the last value that is wanted is there, source waits for something that will
// take an hour, and so do some stages.
func TestStopsTheOthers(t *testing.T) {
	for _, tt := range []struct {
		name string
		slow func(p *plant) (Source, []Stage)
	}{
		{"source", func(p *plant) (Source, []Stage) {
			source := p.source(2, tick)
			return func(ctx context.Context) (int, bool) {
				if p.sourced.Load() < 2 {
					return source(ctx)
				}
				var inside atomic.Int32
				defer p.call(ctx, &inside, "source")()
				return junk, sleep(ctx, time.Hour)
			}, []Stage{p.stage(1, tick)}
		}},
		{"stage", func(p *plant) (Source, []Stage) {
			stage := p.stage(1, tick)
			return p.source(100, tick), []Stage{func(ctx context.Context, value int) int {
				if value <= 2 {
					return stage(ctx, value)
				}
				var inside atomic.Int32
				defer p.call(ctx, &inside, "a stage")()
				sleep(ctx, time.Hour)
				return junk
			}}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				p := newPlant()
				source, stages := tt.slow(p)
				got, err := First(t.Context(), 2, source, stages...)
				took := time.Since(p.start)
				values(t, got, 11, 21)
				switch {
				case took >= time.Hour:
					t.Fatalf("not told to stop: 2 values were there after 3s, and the %s, which waited for the next, was left to wait for an hour", tt.name)
				case took != 3*tick:
					t.Fatalf("2 values were there after %v, but First returned after %v", 3*tick, took)
				case err != nil:
					t.Fatalf("there were 2 values, but First returned the error %q", err)
				}
				p.check(t)
			})
		})
	}
}

// A source that is fast must not run ahead of a stage that is slow.
func TestNothingInAdvance(t *testing.T) {
	for stages := range 4 {
		probe.Bubble(t, func(t *testing.T) {
			const n = 3
			p := newPlant()
			var slow []Stage
			for range stages {
				slow = append(slow, p.stage(0, time.Minute))
			}
			got, _ := First(t.Context(), n, p.source(100, 0), slow...)
			if len(got) != n {
				t.Fatalf("values are lost: First returned %v, want %d values", got, n)
			}
			if made := int(p.sourced.Load()); made > n+stages+1 {
				t.Fatalf("made in advance: %d values were taken out of a pipeline with %d stages, and source was called %d times, want at most %d",
					n, stages, made, n+stages+1)
			}
			p.check(t)
		})
	}
}

// source needs a while to end when it is told to.
func TestWaitsForTheOthers(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		p := newPlant()
		source := p.source(1, tick)
		var told atomic.Bool
		got, _ := First(t.Context(), 1, func(ctx context.Context) (int, bool) {
			if p.sourced.Load() < 1 {
				return source(ctx)
			}
			var inside atomic.Int32
			defer p.call(ctx, &inside, "source")()
			if told.Swap(true) {
				p.complain("source was called again after it had been told to stop")
			}
			sleep(ctx, time.Hour)
			time.Sleep(3 * tick)
			return junk, true
		}, p.stage(1, tick))
		took := time.Since(p.start)
		values(t, got, 11)
		p.check(t)
		if !told.Load() {
			t.Fatal("source has handed on its only value, and was not called again while the stage worked: source and stages work at the same time")
		}
		if took != 5*tick {
			t.Fatalf("one value was there after %v, and source needs %v to stop, but First took %v", 2*tick, 3*tick, took)
		}
	})
}

func TestSourceEnds(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		p := newPlant()
		got, err := First(t.Context(), 10, p.source(3, 0), p.stage(1, 2*tick), p.stage(2, tick))
		took := time.Since(p.start)
		values(t, got, 112, 212, 312)
		switch {
		case err != nil:
			t.Fatalf("source ended, but First returned the error %q: want nil, though there are fewer values than were wanted", err)
		case took != 7*tick:
			t.Fatalf("the last of the 3 values was there after %v, but First returned after %v", 7*tick, took)
		}
		p.check(t)
	})
}

func TestContextEnds(t *testing.T) {
	closing := errors.New("closing time")
	for i := range 50 {
		probe.Bubble(t, func(t *testing.T) {
			type key struct{}
			ctx, end := context.WithCancelCause(context.WithValue(t.Context(), key{}, "carried"))
			defer end(nil)
			p := newPlant()
			p.ends = i%2 == 1
			time.AfterFunc(5*tick+tick/2, func() { end(closing) })
			got, err := First(ctx, 1000, p.source(1000, tick), p.stage(1, tick), p.stage(2, tick))
			took := time.Since(p.start)
			if took > 900*tick {
				t.Fatal("the context ended after 5.5s, but First went on to the last value")
			}
			values(t, got, 112, 212, 312)
			switch handed := p.context.Load().(*context.Context); {
			case took != 5*tick+tick/2:
				t.Fatalf("the context ended after %v, but First returned after %v", 5*tick+tick/2, took)
			case (*handed).Value(key{}) != "carried":
				t.Fatal("the context of source and stages does not carry the values of the one that First was given")
			case err == nil:
				t.Fatal("the context ended before there were 1000 values, but First returned nil")
			case err == ctx.Err():
				t.Fatalf("the cause is lost: First returned %q, want what context.Cause says, %q", err, closing)
			case err != closing:
				t.Fatalf("First returned the error %q: want what context.Cause says, %q", err, closing)
			}
			p.check(t)
		})
	}
}

// The context has ended before the call. Source is ready all the same, and select tosses a coin.
func TestContextHasEnded(t *testing.T) {
	for range 50 {
		probe.Bubble(t, func(t *testing.T) {
			ctx, end := context.WithCancel(t.Context())
			end()
			one := func(context.Context) (int, bool) { return 1, true }
			same := func(_ context.Context, value int) int { return value }
			if got, err := First(ctx, 1, one, same); len(got) > 0 || err != context.Canceled {
				t.Fatalf("the context had ended before the call, and First returned %v and %v: want no values, and %q", got, err, context.Canceled)
			}
			if got, err := First(ctx, 0, one, same); len(got) > 0 || err != nil {
				t.Fatalf("nothing was wanted, and First returned %v and %v: want no values and nil, also if the context has ended", got, err)
			}
		})
	}
}

// The source takes no notice of the context and is always ready: nothing but First
// itself can stop.
func TestContextEndsAndNobodyMinds(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancel(t.Context())
		defer end()
		time.AfterFunc(10*tick+tick/2, end)
		start := time.Now()
		got, err := First(ctx, 1000, func(context.Context) (int, bool) {
			time.Sleep(tick)
			return 1, true
		}, func(_ context.Context, value int) int { return value })
		switch {
		case len(got) != 10:
			t.Fatalf("10 values came before the context ended, and First returned %d", len(got))
		case time.Since(start) != 11*tick:
			t.Fatalf("the context ended after %v and source returned after %v, but First returned after %v", 10*tick+tick/2, 11*tick, time.Since(start))
		case err != context.Canceled:
			t.Fatalf("the context ended before there were 1000 values, but First returned %v: want %q", err, context.Canceled)
		}
	})
}

// The context has ended in the same instant in which there were enough values: then
// nothing is missing.
func TestEnoughIsEnough(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancel(t.Context())
		defer end()
		p := newPlant()
		source := p.source(1, tick)
		got, err := First(ctx, 1, func(ctx context.Context) (int, bool) {
			if p.sourced.Load() < 1 {
				return source(ctx)
			}
			var inside atomic.Int32
			defer p.call(ctx, &inside, "source")()
			sleep(ctx, time.Hour)
			end() // while First waits for source
			return junk, true
		})
		values(t, got, 1)
		if err != nil {
			t.Fatalf("there was the 1 value that was wanted, but First returned the error %q: the context ended later", err)
		}
	})
}

func TestContextEndsWithFirst(t *testing.T) {
	for _, n := range []int{3, 100} {
		probe.Bubble(t, func(t *testing.T) {
			p := newPlant()
			First(t.Context(), n, p.source(5, tick), p.stage(1, tick))
			if ctx, ok := p.context.Load().(*context.Context); !ok || (*ctx).Err() == nil {
				t.Fatal("leak: First has returned, but the context of source and stages has not ended: its parent keeps it until its own end")
			}
		})
	}
}

func TestCallsAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var calls sync.WaitGroup
		var got [2][]int
		var took [2]time.Duration
		for i := range got {
			p := newPlant()
			calls.Go(func() {
				got[i], _ = First(t.Context(), 3, p.source(100, tick), p.stage(i, tick))
				took[i] = time.Since(p.start)
			})
		}
		calls.Wait()
		First(t.Context(), 3, newPlant().source(100, tick))
		if !slices.Equal(got[0], []int{10, 20, 30}) || !slices.Equal(got[1], []int{11, 21, 31}) || took != [2]time.Duration{4 * tick, 4 * tick} {
			t.Fatalf("calls of First disturb each other: two at the same time returned %v after %v, as it looks when a third is over: want [[10 20 30] [11 21 31]] after %v each", got, took, 4*tick)
		}
	})
}

// endless is a context that could end and never does: whoever waits for it is left.
type endless struct {
	context.Context
	done chan struct{}
}

func (e endless) Done() <-chan struct{} { return e.done }

func TestNobodyIsLeft(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx := endless{context.Background(), make(chan struct{})}
		p := newPlant()
		First(ctx, 3, p.source(10, tick), p.stage(1, tick))
		p = newPlant()
		First(ctx, 30, p.source(10, tick), p.stage(1, tick))
	})
}
