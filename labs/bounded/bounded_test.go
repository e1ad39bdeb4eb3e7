package bounded

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are
// exact, and the first message that you see says what is wrong with Run.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// record makes jobs and writes down what becomes of them.
type record struct {
	start time.Time

	mu      sync.Mutex
	begun   []time.Duration // by job, since start; -1 if it has not
	times   []int           // by job
	running int
	most    int // running at the same time
	ended   int
}

func newRecord() *record { return &record{start: time.Now()} }

// job adds a job that takes d.
func (r *record) job(d time.Duration) Job {
	return r.doing(func(context.Context) { time.Sleep(d) })
}

func (r *record) doing(f func(context.Context)) Job {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := len(r.begun)
	r.begun = append(r.begun, -1)
	r.times = append(r.times, 0)
	return func(ctx context.Context) {
		r.enter(i)
		f(ctx)
		r.leave()
	}
}

func (r *record) enter(i int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begun[i] = time.Since(r.start)
	r.times[i]++
	r.running++
	r.most = max(r.most, r.running)
}

func (r *record) leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running--
	r.ended++
}

// check ends the test if Run returned too early, or if there were ever more than limit
// jobs at a time, or if a job was not run as many times as want says.
func (r *record) check(t *testing.T, limit int, want func(i int) int) {
	t.Helper()
	synctest.Wait() // whoever was started and not waited for has begun
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running > 0 {
		t.Fatalf("leak: Run returned before %d of the jobs had", r.running)
	}
	if r.most > limit {
		t.Fatalf("too many at the same time: %d jobs ran at once, with a limit of %d", r.most, limit)
	}
	for i, n := range r.times {
		switch {
		case n == want(i):
		case n == 0:
			t.Fatalf("a job is lost: job %d of %d was never run", i, len(r.times))
		case want(i) == 0:
			t.Fatalf("job %d began although the context had ended before", i)
		default:
			t.Fatalf("job %d of %d was run %d times", i, len(r.times), n)
		}
	}
}

func once(int) int { return 1 }

func TestNothingToDo(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		if err := Run(t.Context(), 3, nil); err != nil {
			t.Fatalf("without jobs, Run returned the error %q: want nil", err)
		}
	})
}

func TestThreeAtATime(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		const limit, n = 3, 12
		const takes = time.Second + 7 // no round number: who looks from time to time is late
		const want = 4 * takes
		r := newRecord()
		var jobs []Job
		for range n {
			jobs = append(jobs, r.job(takes))
		}
		err := Run(t.Context(), limit, jobs)
		took := time.Since(r.start)
		r.check(t, limit, once)
		switch {
		case took == n*takes:
			t.Fatalf("one after another: %d jobs of %v took %v with a limit of %d, want %v", n, takes, took, limit, want)
		case r.most < limit:
			t.Fatalf("too few at the same time: never more than %d jobs ran at once, with a limit of %d", r.most, limit)
		case took > want && took < want+time.Second:
			t.Fatalf("%d jobs of %v took %v with a limit of %d, want %v: Run looks from time to time where it should wait", n, takes, took, limit, want)
		case took != want:
			t.Fatalf("%d jobs of %v took %v with a limit of %d, want %v", n, takes, took, limit, want)
		case err != nil:
			t.Fatalf("every job was run, but Run returned the error %q", err)
		}
	})
}

// The limit is what the caller says, and the machine has no say in it.
func TestEveryLimit(t *testing.T) {
	limits := []int{2*runtime.NumCPU() + 1, 200}
	for limit := 1; limit <= 32; limit++ {
		limits = append(limits, limit)
	}
	for _, limit := range limits {
		probe.Bubble(t, func(t *testing.T) {
			n := max(30, limit)
			r := newRecord()
			var jobs []Job
			for range n {
				jobs = append(jobs, r.job(time.Second))
			}
			Run(t.Context(), limit, jobs)
			took := time.Since(r.start)
			r.check(t, limit, once)
			if rounds := (n + limit - 1) / limit; took != time.Duration(rounds)*time.Second {
				t.Fatalf("%d jobs of 1s took %v with a limit of %d, want %ds", n, took, limit, rounds)
			}
		})
	}
}

// The jobs take different times, which are no round numbers: whoever works in waves,
// hands the jobs out beforehand, or looks from time to time whether one has ended, is
// late.
func TestNextBeginsWhenOneEnds(t *testing.T) {
	const odd = 7*time.Second + 13*time.Nanosecond
	for _, tt := range []struct {
		name  string
		takes []time.Duration
		begin []time.Duration // with a limit of 2
	}{
		{"one is long", []time.Duration{5 * odd, odd, odd, odd, odd, odd}, []time.Duration{0, 0, odd, 2 * odd, 3 * odd, 4 * odd}},
		{"the other is long", []time.Duration{odd, 5 * odd, odd, odd, odd, odd}, []time.Duration{0, 0, odd, 2 * odd, 3 * odd, 4 * odd}},
		{"the last is long", []time.Duration{odd, 2 * odd, 3 * odd, odd, 5 * odd}, []time.Duration{0, 0, odd, 2 * odd, 3 * odd}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				r := newRecord()
				var jobs []Job
				for _, d := range tt.takes {
					jobs = append(jobs, r.job(d))
				}
				Run(t.Context(), 2, jobs)
				r.check(t, 2, once)
				if !slices.IsSorted(r.begun) && nobodyIdle(r.begun, tt.takes) {
					t.Fatalf("not in order: the jobs began after %v, want that each begins no earlier than the one before it", r.begun)
				}
				for i, want := range tt.begin {
					switch late := r.begun[i] - want; {
					case late == 0:
					case late > 0 && late < time.Second:
						t.Fatalf("job %d began %v after another had ended: Run looks from time to time where it should wait", i, late)
					default:
						t.Fatalf("a worker was idle: with a limit of 2 and jobs that take %v, job %d began after %v, want %v", tt.takes, i, r.begun[i], want)
					}
				}
			})
		})
	}
}

// nobodyIdle reports whether two workers who are never idle could have begun the jobs then,
// in whatever order.
func nobodyIdle(begun, takes []time.Duration) bool {
	inTime := make([]int, len(begun))
	for i := range inTime {
		inTime[i] = i
	}
	slices.SortStableFunc(inTime, func(a, b int) int { return cmp.Compare(begun[a], begun[b]) })
	var free [2]time.Duration
	for _, i := range inTime {
		if begun[i] != min(free[0], free[1]) {
			return false
		}
		if free[0] == begun[i] {
			free[0] += takes[i]
		} else {
			free[1] += takes[i]
		}
	}
	return true
}

// goroutinesIn returns how many goroutines more than now there are at most while n jobs
// run.
func goroutinesIn(t *testing.T, limit, n int) int {
	var most atomic.Int64
	before := runtime.NumGoroutine()
	var jobs []Job
	count := func() {
		if n := int64(runtime.NumGoroutine() - before); n > most.Load() {
			most.Store(n)
		}
	}
	for range n {
		jobs = append(jobs, func(context.Context) {
			count()
			time.Sleep(time.Second) // everybody who is to be started has been
			count()
		})
	}
	Run(t.Context(), limit, jobs)
	return int(most.Load())
}

func TestGoroutines(t *testing.T) {
	for _, tt := range []struct {
		limit, jobs int
		wrong       string
	}{
		{4, 1000, "a goroutine for every job"},
		{1000, 3, "a goroutine for every place that the limit leaves"},
	} {
		probe.Bubble(t, func(t *testing.T) {
			if n := goroutinesIn(t, tt.limit, tt.jobs); n > 20 {
				t.Fatalf("%s: %d jobs with a limit of %d take %d goroutines at the same time", tt.wrong, tt.jobs, tt.limit, n)
			}
		})
	}
}

// held returns how many bytes are in use, with what nobody refers to left out.
func held() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// The memory is looked at while everybody waits. Garbage of others may be in it, of the test
// itself, and is gone at the next look; what Run holds is still there. The jobs that follow
// take no time: many opportunities for two workers to take the same.
func TestMemory(t *testing.T) {
	for _, tt := range []struct {
		limit, jobs int
		wrong       string
	}{
		{4, 1 << 14, "memory for every job"},
		{1 << 20, 3, "memory for every place that the limit leaves"},
	} {
		probe.Bubble(t, func(t *testing.T) {
			const most = 1 << 15
			var before, more int64
			r := newRecord()
			jobs := []Job{r.doing(func(context.Context) {
				time.Sleep(time.Second)
				for range 20 {
					if more = held() - before; more < most {
						return
					}
				}
			})}
			for i := 1; i < tt.jobs; i++ {
				jobs = append(jobs, r.job(time.Duration(max(0, tt.limit-i))*2*time.Second))
			}
			before = held()
			Run(t.Context(), tt.limit, jobs)
			r.check(t, tt.limit, once)
			if more >= most {
				t.Fatalf("%s: while the first of %d jobs run with a limit of %d, Run holds %d kB beside them", tt.wrong, tt.jobs, tt.limit, more>>10)
			}
		})
	}
}

func TestContextIsHanded(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		type key struct{}
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "carried"))
		time.AfterFunc(time.Second, cancel)
		var value any
		var saw time.Duration
		var early atomic.Int64
		look := func(ctx context.Context) {
			time.Sleep(100 * time.Millisecond)
			if ctx.Err() != nil {
				early.Add(1)
			}
		}
		start := time.Now()
		r := newRecord()
		Run(ctx, 2, []Job{r.doing(look), r.doing(look), r.doing(look), r.doing(func(ctx context.Context) {
			value = ctx.Value(key{})
			select {
			case <-ctx.Done():
			case <-time.After(time.Hour):
			}
			saw = time.Since(start)
			time.Sleep(time.Second)
		})})
		r.check(t, 2, once)
		switch {
		case early.Load() > 0 || saw < time.Second:
			t.Fatal("the context of a job ended before the one that Run was given: another job's end is none of its business")
		case value != "carried":
			t.Fatal("the context of the jobs does not carry the values of the one that Run was given")
		case saw != time.Second:
			t.Fatal("the context that Run was given ended, but its job did not see it: it worked for an hour")
		}
	})
}

func TestContextEnds(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		closing := errors.New("closing time")
		ctx, end := context.WithCancelCause(t.Context())
		time.AfterFunc(4500*time.Millisecond, func() { end(closing) })
		r := newRecord()
		var jobs []Job
		for range 50 {
			jobs = append(jobs, r.job(2*time.Second)) // takes no notice of ctx
		}
		err := Run(ctx, 2, jobs)
		took := time.Since(r.start)
		if took > time.Minute || r.begun[49] >= 0 {
			t.Fatalf("the context ended after 4.5s, but Run went on: all 50 jobs were run")
		}
		// 0 and 1 after 0s, 2 and 3 after 2s, 4 and 5 after 4s.
		r.check(t, 2, func(i int) int {
			if i < 6 {
				return 1
			}
			return 0
		})
		switch {
		case took != 6*time.Second:
			t.Fatalf("the context ended after 4.5s and the jobs that ran ended after 6s, but Run took %v", took)
		case err == nil:
			t.Fatal("44 jobs never began, but Run returned nil")
		case err == ctx.Err():
			t.Fatalf("the cause is lost: Run returned %q, want what context.Cause says, %q", err, closing)
		case err != closing:
			t.Fatalf("Run returned the error %q: want what context.Cause says, %q", err, closing)
		}
	})
}

// A job ends the context and returns: from then on, no other may begin, though the
// worker is free and the next job is there. Whoever leaves that to a select is right
// half of the time.
func TestNothingBeginsAfterTheEnd(t *testing.T) {
	for _, tt := range []struct{ limit, left int }{{1, 1}, {2, 1}, {2, 2}, {1, 20}, {2, 20}} {
		limit := tt.limit
		for range 20 {
			probe.Bubble(t, func(t *testing.T) {
				ctx, end := context.WithCancel(t.Context())
				defer end()
				r := newRecord()
				var jobs []Job
				for range limit {
					jobs = append(jobs, r.doing(func(context.Context) {
						time.Sleep(time.Second)
						end()
						time.Sleep(time.Second) // everybody else has seen it
					}))
				}
				for range tt.left {
					jobs = append(jobs, r.job(0))
				}
				err := Run(ctx, limit, jobs)
				r.check(t, limit, func(i int) int {
					if i < limit {
						return 1
					}
					return 0
				})
				if err != context.Canceled {
					t.Fatalf("of %d jobs %d never began, but Run returned %v: want %q", len(jobs), tt.left, err, context.Canceled)
				}
			})
		}
	}
}

func TestContextHasEnded(t *testing.T) {
	for i := range 60 {
		probe.Bubble(t, func(t *testing.T) {
			ctx, end := context.WithCancel(t.Context())
			end()
			r := newRecord()
			var jobs []Job
			for range 1 + i%3 {
				jobs = append(jobs, r.job(time.Second))
			}
			err := Run(ctx, 2, jobs)
			r.check(t, 2, func(int) int { return 0 })
			if err != context.Canceled {
				t.Fatalf("the context had ended before the call and none of %d jobs began, but Run returned %v: want %q", len(jobs), err, context.Canceled)
			}
		})
	}
}

func TestContextEndsWhileTheLastRun(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancel(t.Context())
		time.AfterFunc(2500*time.Millisecond, end)
		r := newRecord()
		jobs := []Job{r.job(2 * time.Second), r.job(2 * time.Second), r.job(4 * time.Second), r.job(time.Second)}
		err := Run(ctx, 2, jobs)
		r.check(t, 2, once)
		if err != nil {
			t.Fatalf("every job was run, but Run returned the error %q: the end of the context took nothing away", err)
		}
		if err := Run(ctx, 2, nil); err != nil {
			t.Fatalf("without jobs, Run returned the error %q: the end of the context took nothing away", err)
		}
	})
}

func TestCallsAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var calls sync.WaitGroup
		var took [2]time.Duration
		var ran [2]atomic.Int64
		var jobs [2][]Job
		start := time.Now()
		for i := range took {
			for range 3 {
				jobs[i] = append(jobs[i], func(context.Context) {
					time.Sleep(time.Second)
					ran[i].Add(1)
				})
			}
			calls.Go(func() {
				Run(t.Context(), 2, jobs[i])
				took[i] = time.Since(start)
			})
		}
		calls.Wait()
		if a, b := ran[0].Load(), ran[1].Load(); a != 3 || b != 3 {
			t.Fatalf("two calls at the same time disturb each other: of their 3 jobs each, %d and %d were run, want 3 and 3", a, b)
		}
		if took != [2]time.Duration{2 * time.Second, 2 * time.Second} {
			t.Fatalf("two calls at the same time, each with 3 jobs of 1s and a limit of 2, took %v: want 2s each, for each call has a limit of its own", took)
		}
		for i, job := range jobs[0] {
			if job == nil {
				t.Fatalf("the slice is the caller's, who may use it again: Run has made job %d of it nil", i)
			}
		}
	})
}

// endless is a context that could end and never does: whoever waits for it is left. Who asks
// whether it has ended is held for another who asks: two workers who have both read which job
// is next, and have not yet said that it is taken, meet here.
type endless struct {
	context.Context
	done chan struct{}
	asks *probe.Point
}

func (e endless) Done() <-chan struct{} { return e.done }

func (e endless) Err() error {
	e.asks.Here()
	return nil
}

func TestNobodyIsLeft(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx := endless{context.Background(), make(chan struct{}), new(probe.Point)}
		r := newRecord()
		var jobs []Job
		for range 6 {
			jobs = append(jobs, r.job(time.Second))
		}
		Run(ctx, 2, jobs)
		r.check(t, 2, once)
	})
}
