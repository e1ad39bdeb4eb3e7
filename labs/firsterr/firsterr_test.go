package firsterr

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are
// exact, and the first message that you see says what is wrong with Run.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sleeping returns a task that takes d, whatever happens to its context, and then
// returns err.
func sleeping(d time.Duration, err error) Task {
	return func(context.Context) error {
		time.Sleep(d)
		return err
	}
}

// stoppable returns a task that works for an hour, or until its context ends. Then it
// takes another second to clean up, and returns what cleanedUp says.
func stoppable(cleanedUp func(context.Context) error) Task {
	return func(ctx context.Context) error {
		select {
		case <-ctx.Done():
		case <-time.After(time.Hour):
		}
		time.Sleep(time.Second)
		return cleanedUp(ctx)
	}
}

func TestNothingToDo(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		if err := Run(t.Context()); err != nil {
			t.Fatalf("without tasks Run returned the error %q: want nil", err)
		}
	})
}

func TestTasksRunAtTheSameTime(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		const n = 1000 // more than any limit that one might think of
		var ended atomic.Int32
		var tasks []Task
		for range n {
			tasks = append(tasks, func(context.Context) error {
				time.Sleep(time.Second)
				ended.Add(1)
				return nil
			})
		}
		start := time.Now()
		err := Run(t.Context(), tasks...)
		took := time.Since(start)
		switch {
		case ended.Load() < n:
			t.Fatalf("leak: Run returned before %d of its %d tasks had", n-ended.Load(), n)
		case took == n*time.Second:
			t.Fatalf("the tasks ran one after another: %d tasks of 1s took %v, want 1s", n, took)
		case took != time.Second:
			t.Fatalf("the tasks did not all run at the same time: %d tasks of 1s took %v, want 1s", n, took)
		case err != nil:
			t.Fatalf("every task returned nil, but Run returned the error %q", err)
		}
	})
}

func TestFirstErrorInTimeWins(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		second, first, last := errors.New("failed after 2s"), errors.New("failed after 1s"), errors.New("failed after 3s")
		start := time.Now()
		err := Run(t.Context(),
			sleeping(2*time.Second, second),
			sleeping(1*time.Second, first),
			sleeping(3*time.Second, last),
			sleeping(4*time.Second, nil),
		)
		switch {
		case time.Since(start) < 4*time.Second:
			t.Fatal("leak: one task failed, and Run returned while others were still running")
		case err == first:
		case err == nil:
			t.Fatal("the error is lost: three tasks failed, but Run returned nil")
		case err == second:
			t.Fatal("Run returned the error that is first in the order of the arguments: want the first in time")
		case err == last:
			t.Fatal("Run returned the error that came last: want the first in time")
		case errors.Is(err, first):
			t.Fatalf("Run returned the first error changed, as %q: want that very value, neither wrapped nor joined", err)
		default:
			t.Fatalf("Run returned the error %q: want %q, as the task returned it", err, first)
		}
	})
}

func TestOneErrorStopsTheOthers(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		boom := errors.New("disk full")
		var ended atomic.Int32
		var cause error
		start := time.Now()
		err := Run(t.Context(),
			stoppable(func(ctx context.Context) error {
				cause = context.Cause(ctx)
				ended.Add(1)
				return ctx.Err()
			}),
			sleeping(5*time.Second, boom),
		)
		took := time.Since(start)
		switch {
		case ended.Load() == 0:
			t.Fatal("leak: one task failed, and Run returned while the other was still running")
		case took > time.Hour:
			t.Fatal("the other task was not told to stop when one had failed: it worked for an hour")
		case took != 6*time.Second:
			t.Fatalf("one task failed after 5s and the other needs 1s to stop, but Run took %v: want 6s", took)
		case cause != boom:
			t.Fatalf("the cause is lost: the other task was stopped, but context.Cause says %q, want the first error", cause)
		case err != boom:
			t.Fatalf("Run returned the error %q: want that of the task that failed first, %q", err, boom)
		}
	})
}

func TestSuccessStopsNobody(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var stopped error
		err := Run(t.Context(), sleeping(time.Second, nil), func(ctx context.Context) error {
			time.Sleep(2 * time.Second)
			stopped = ctx.Err()
			return nil
		})
		switch {
		case stopped != nil:
			t.Fatal("a task that returned nil stopped the others: only an error may")
		case err != nil:
			t.Fatalf("every task returned nil, but Run returned the error %q", err)
		}
	})
}

func TestParentIsSeen(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		type key struct{}
		parent := context.WithValue(t.Context(), key{}, "carried")
		var handed [2]context.Context
		look := func(i int) Task {
			return func(ctx context.Context) error {
				handed[i] = ctx
				if ctx.Value(key{}) != "carried" {
					t.Error("the context of the tasks does not carry the values of the one that Run was given")
				}
				if until, limited := ctx.Deadline(); limited {
					t.Errorf("the context of the tasks ends by itself in %v, and that of Run has no deadline", time.Until(until))
				}
				return nil
			}
		}
		Run(parent, look(0), look(1))
		if handed[0] != handed[1] {
			t.Error("two tasks were handed two contexts: want one for all, that ends for all at once")
		}
	})
}

// Who runs tests is not who runs tasks, be it the only one or the last of them.
func TestGoroutinesOfTheirOwn(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		where := func(context.Context) error {
			if strings.Contains(string(debug.Stack()), "testing.tRunner(") {
				t.Error("a task runs in the goroutine that called Run: each runs in one of its own")
			}
			return nil
		}
		Run(t.Context(), where)
		Run(t.Context(), where, where, where)
	})
}

func TestParentEnds(t *testing.T) {
	closing := errors.New("closing time")
	for _, tt := range []struct {
		name string
		task Task
		want error
	}{
		{"and a task says so", stoppable(context.Cause), closing},
		{"and no task minds", stoppable(func(context.Context) error { return nil }), nil},
		{"and a task says so in other words", stoppable(func(ctx context.Context) error { return ctx.Err() }), context.Canceled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				parent, end := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Minute, func() { end(closing) })
				ended := false
				start := time.Now()
				err := Run(parent, func(ctx context.Context) error {
					err := tt.task(ctx)
					ended = true
					return err
				})
				took := time.Since(start)
				switch {
				case took < time.Minute+time.Second:
					t.Fatal("leak: the context that Run was given ended, and Run returned before its task had")
				case took > time.Hour:
					t.Fatal("the context that Run was given ended, but its task did not see it: it worked for an hour")
				case !ended:
					t.Fatal("the task was never run")
				case tt.want == nil && err != nil:
					t.Fatalf("the task returned nil, but Run returned the error %q: the end of its context is no error of a task", err)
				case err != tt.want:
					t.Fatalf("Run returned the error %v: want what the task returned, %q", err, tt.want)
				}
			})
		})
	}
}

func TestParentHasEnded(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		parent, end := context.WithCancel(t.Context())
		end()
		var seen error
		err := Run(parent, func(ctx context.Context) error {
			seen = ctx.Err()
			return nil
		})
		switch {
		case seen == nil:
			t.Fatal("the context that Run was given had ended before the call: every task is run all the same, and sees it")
		case err != nil:
			t.Fatalf("every task returned nil, but Run returned the error %q", err)
		}
	})
}

func TestContextEndsWithRun(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var handed context.Context
		Run(t.Context(), func(ctx context.Context) error {
			handed = ctx
			return nil
		})
		switch {
		case handed == nil:
			t.Fatal("the task was never run")
		case handed.Err() == nil:
			t.Fatal("leak: Run has returned, but the context of its tasks has not ended: its parent keeps it until its own end")
		}
	})
}

// yielding is a context that lets others run whenever it is asked for something. The
// contexts derived from it ask, also in the middle of being cancelled.
type yielding struct{ context.Context }

func (y yielding) Value(key any) any {
	runtime.Gosched()
	return y.Context.Value(key)
}

// numbered is the error of the task with that number.
type numbered int

func (n numbered) Error() string { return fmt.Sprintf("task %d failed", int(n)) }

// Many tasks fail at the same instant. Any of them may be the first, but Run must
// decide for one.
func TestManyFailAtOnce(t *testing.T) {
	for range 100 {
		probe.Bubble(t, func(t *testing.T) {
			var handed atomic.Value
			gate := make(chan struct{})
			time.AfterFunc(time.Second, func() { close(gate) })
			var tasks []Task
			for i := range 20 {
				tasks = append(tasks, func(ctx context.Context) error {
					handed.Store(ctx)
					<-gate
					if i%2 == 0 { // errors are not all of one type
						return numbered(i)
					}
					return fmt.Errorf("task %d failed", i)
				})
			}
			err := Run(yielding{t.Context()}, tasks...)
			ctx, _ := handed.Load().(context.Context)
			switch {
			case ctx == nil:
				t.Fatal("no task was ever run")
			case err == nil:
				t.Fatal("the error is lost: all tasks failed at the same time, but Run returned nil")
			case context.Cause(ctx) != err:
				t.Fatalf("tasks failed at the same time, and Run took two of them for the first: it returned %q, but stopped the others with %q",
					err, context.Cause(ctx))
			}
		})
	}
}

// A task of one call waits for a task of another.
func TestCallsAtTheSameTime(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		meet := make(chan struct{})
		var calls sync.WaitGroup
		calls.Go(func() { Run(t.Context(), func(context.Context) error { meet <- struct{}{}; return nil }) })
		Run(t.Context(), func(context.Context) error { <-meet; return nil })
		calls.Wait()
	})
}

func TestCallsAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		boom := errors.New("disk full")
		var calls sync.WaitGroup
		calls.Go(func() { Run(t.Context(), sleeping(2*time.Second, boom)) })
		// Begins before the failure of the other call and ends after it.
		err := Run(t.Context(), sleeping(time.Second, nil), sleeping(3*time.Second, nil))
		calls.Wait()
		if again := Run(t.Context(), sleeping(time.Second, nil)); err != nil || again != nil {
			t.Fatal("a call in which every task returned nil returned the error of another call: what Run remembers must be its own")
		}
	})
}
