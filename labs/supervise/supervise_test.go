package supervise

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are exact,
// and the first message that you see says what is wrong with Keep.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const thePause = time.Minute

// farTooManyRuns is how often a worker lets itself be started. Then it says that it is done, so
// that a supervisor without an end comes to one.
const farTooManyRuns = 100

// handleOrder is what panics in these tests. A stack that is of any use has its name.
//
//go:noinline
func handleOrder(n int) { panic(n) }

// diary is what happened to a worker.
type diary struct {
	meter  probe.Meter
	runs   int
	told   []error // by Failed
	atRun  []int   // how many runs there had been then
	failed func(run int) error
	takes  time.Duration
}

func (d *diary) work(context.Context) error {
	defer d.meter.Enter()()
	d.runs++
	run := d.runs
	time.Sleep(d.takes)
	if run >= farTooManyRuns {
		return nil
	}
	return d.failed(run)
}

func (d *diary) policy(restarts int) Policy {
	return Policy{Restarts: restarts, Pause: thePause, Failed: func(err error) {
		d.told = append(d.told, err)
		d.atRun = append(d.atRun, d.runs)
	}}
}

// timedKeep calls Keep, and fails t if that panics.
func timedKeep(t *testing.T, ctx context.Context, p Policy, work Worker) (took time.Duration, err error) {
	t.Helper()
	start := time.Now()
	panicked := true
	defer func() {
		if panicked {
			t.Fatalf("panic: the worker panicked, and the panic went through Keep to its caller: %v", recover())
		}
	}()
	err = Keep(ctx, p, work)
	panicked = false
	return time.Since(start), err
}

// panicsAlways fails in every run, with a panic that has the number of the run.
func panicsAlways(run int) error {
	handleOrder(run)
	return nil
}

// mustBePanic fails t unless err is the panic of this run.
func mustBePanic(t *testing.T, who string, err error, run int) {
	t.Helper()
	p, ok := err.(*Panic)
	switch {
	case !ok && errors.As(err, &p):
		t.Fatalf("%s the panic of run %d wrapped in another error, %q: want the *Panic itself", who, run, err)
	case !ok:
		t.Fatalf("%s the error %v (%T) for the panic of run %d: want a *Panic, which keeps value and stack", who, err, err, run)
	case p.Value != run:
		t.Fatalf("%s a *Panic with the value %v (%T) for run %d: want the value of that very panic, %d", who, p.Value, p.Value, run, run)
	case p.Stack == "":
		t.Fatalf("%s a *Panic without a stack: nobody will find out where it happened", who)
	case !strings.Contains(p.Stack, "handleOrder"):
		t.Fatalf("%s a stack without the function that panicked: the frames are there only as long as the deferred function runs that recovers", who)
	}
}

func TestSuccess(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		d := diary{takes: time.Second, failed: func(int) error { return nil }}
		type key struct{}
		given := context.WithValue(t.Context(), key{}, "carried")
		var handed context.Context
		limited := false
		took, err := timedKeep(t, given, d.policy(3), func(ctx context.Context) error {
			handed = ctx
			_, limited = ctx.Deadline()
			return d.work(ctx)
		})
		switch {
		case d.runs == 0:
			t.Fatal("the worker was never started")
		case handed.Value(key{}) != "carried" || limited:
			t.Fatal("the context of the worker does not carry the values of the one that Keep was given, or has a deadline, which that has not")
		case d.runs > 1:
			t.Fatalf("the worker returned nil, which means that it is done, and was started %d times all the same", d.runs)
		case d.meter.Inside() > 0:
			t.Fatal("leak: Keep returned while the worker was still running")
		case err != nil:
			t.Fatalf("the worker returned nil, but Keep returned the error %q", err)
		case len(d.told) > 0:
			t.Fatalf("the worker returned nil, but Failed was told of the failure %v", d.told[0])
		case took != time.Second:
			t.Fatalf("the worker took 1s, but Keep %v", took)
		}
	})
}

func TestItGetsBetter(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		broken := errors.New("connection lost")
		d := diary{takes: time.Second, failed: func(run int) error {
			switch run {
			case 2:
				return broken
			case 4:
				return nil
			}
			return panicsAlways(run)
		}}
		took, err := timedKeep(t, t.Context(), d.policy(5), d.work)
		switch {
		case d.runs == 1:
			t.Fatalf("the worker panicked once and was never started again: Keep returned %v, and nobody does the work", err)
		case d.meter.Max() > 1:
			t.Fatalf("%d runs of the worker at the same time: want one, and the next when it has ended", d.meter.Max())
		case d.runs < 4:
			t.Fatalf("the worker may be started again 5 times, but after %d runs Keep returned %v", d.runs, err)
		case d.runs > 4:
			t.Fatalf("the worker was done after 4 runs, and was started %d times", d.runs)
		case err != nil:
			t.Fatalf("the worker failed three times and then returned nil, but Keep returned the error %q", err)
		case len(d.told) == 0:
			t.Fatal("silent: the worker failed three times, and Failed was never told")
		case len(d.told) != 3:
			t.Fatalf("the worker failed three times, and Failed was told %d times", len(d.told))
		}
		mustBePanic(t, "Failed was told", d.told[0], 1)
		if d.told[1] != broken {
			t.Fatalf("the worker returned the error %q, and Failed was told %v: want that very error", broken, d.told[1])
		}
		mustBePanic(t, "Failed was told", d.told[2], 3)
		for i, at := range d.atRun {
			if at != i+1 {
				t.Fatalf("run %d failed, and Failed was told when there had been %d runs: want it told at once", i+1, at)
			}
		}
		if want := 4*time.Second + 3*thePause; took != want {
			t.Fatalf("four runs of 1s with three pauses of %v took %v: want %v", thePause, took, want)
		}
	})
}

func TestGivesUp(t *testing.T) {
	for _, restarts := range []int{0, 1, 4, 30} {
		t.Run(fmt.Sprintf("restarts=%d", restarts), func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				d := diary{failed: panicsAlways}
				took, err := timedKeep(t, t.Context(), d.policy(restarts), d.work)
				switch {
				case d.runs == farTooManyRuns:
					t.Fatalf("the worker panics every time and may be started again %d times, but was started %d times, with no end in sight: a supervisor that never gives up keeps alive what does not work", restarts, d.runs)
				case err == nil:
					t.Fatal("silent: the worker failed every time, and Keep gave up and returned nil: who waits for it believes that the work is done")
				case d.runs != restarts+1:
					t.Fatalf("the worker may be started again %d times, so there are %d runs if all fail: there were %d", restarts, restarts+1, d.runs)
				case took == time.Duration(restarts+1)*thePause:
					t.Fatal("Keep made a pause after the last failure, before it gave up: there is nothing more to wait for")
				case took != time.Duration(restarts)*thePause:
					t.Fatalf("%d restarts with a pause of %v each took %v: want %v", restarts, thePause, took, time.Duration(restarts)*thePause)
				case len(d.told) == restarts && restarts > 0:
					t.Fatal("silent: Failed was told of every failure but the last")
				case len(d.told) != d.runs:
					t.Fatalf("silent: the worker failed %d times, and Failed was told %d times", d.runs, len(d.told))
				}
				gaveUp, ok := err.(*GaveUp)
				switch {
				case !ok:
					t.Fatalf("Keep gave up with the error %q (%T): want a *GaveUp", err, err)
				case gaveUp.Runs != d.runs:
					t.Fatalf("there were %d runs, and *GaveUp says %d", d.runs, gaveUp.Runs)
				}
				mustBePanic(t, "*GaveUp has", gaveUp.Last, d.runs)
				mustBePanic(t, "Failed was told", d.told[restarts], d.runs)
			})
		})
	}
}

// Errors that were returned count as panics do, also without a pause.
func TestGivesUpOnErrors(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		broken := errors.New("connection lost")
		d := diary{failed: func(int) error { return broken }}
		p := d.policy(2)
		p.Pause = 0
		took, err := timedKeep(t, t.Context(), p, d.work)
		gaveUp, ok := err.(*GaveUp)
		switch {
		case d.runs != 3:
			t.Fatalf("the worker may be started again 2 times, and returned an error every time: there were %d runs, want 3", d.runs)
		case took != 0:
			t.Fatalf("there was no pause, and no time was needed, but Keep took %v", took)
		case !ok:
			t.Fatalf("Keep gave up with the error %v (%T): want a *GaveUp", err, err)
		case gaveUp.Runs != 3 || gaveUp.Last != broken:
			t.Fatalf("there were 3 runs, the last of which returned %q, and *GaveUp says %d and %v", broken, gaveUp.Runs, gaveUp.Last)
		}
	})
}

// A panic is a *Panic, whatever its value: it is never what the worker returned.
func TestPanicsWithErrors(t *testing.T) {
	for _, value := range []any{errors.New("disk full"), &Panic{Value: "of somebody else"}, nil} {
		probe.Bubble(t, func(t *testing.T) {
			d := diary{failed: func(int) error { panic(value) }}
			_, _ = timedKeep(t, t.Context(), d.policy(0), d.work)
			if len(d.told) != 1 {
				t.Fatalf("the worker panicked with %v (%T), and Failed was told %d times: want once", value, value, len(d.told))
			}
			p, ok := d.told[0].(*Panic)
			if !ok || value != nil && p.Value != value {
				t.Fatalf("the worker panicked with %v (%T), and Failed was told %v (%T): want a *Panic with that value", value, value, d.told[0], d.told[0])
			}
		})
	}
}

func TestContextEndsInThePause(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		closing := errors.New("closing time")
		ctx, end := context.WithCancelCause(t.Context())
		time.AfterFunc(thePause/3, func() { end(closing) })
		d := diary{failed: panicsAlways}
		took, err := timedKeep(t, ctx, d.policy(5), d.work)
		switch {
		case d.runs > 1:
			t.Fatalf("the context ended in a pause, and the worker was started again")
		case took == thePause:
			t.Fatalf("the context ended %v after the pause had begun, and Keep slept on until its end, %v", thePause/3, thePause)
		case took != thePause/3:
			t.Fatalf("the context ended after %v, and Keep returned after %v", thePause/3, took)
		case err != closing:
			t.Fatalf("the context ended in a pause, and Keep returned %v: want the cause, %q", err, closing)
		}
	})
}

func TestContextHasEnded(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		closing := errors.New("closing time")
		ctx, end := context.WithCancelCause(t.Context())
		end(closing)
		d := diary{failed: func(int) error { return nil }}
		_, err := timedKeep(t, ctx, d.policy(5), d.work)
		switch {
		case d.runs > 0:
			t.Fatal("the context had ended before the call, and the worker was started all the same")
		case err != closing:
			t.Fatalf("the context had ended before the call, and Keep returned %v: want the cause, %q", err, closing)
		}
	})
}

func TestContextEndsInARun(t *testing.T) {
	closing := errors.New("closing time")
	for _, tt := range []struct {
		name     string
		restarts int
		after    func() error // what the worker does when it has cleaned up
		want     error
		told     bool
	}{
		{"and it says so", 5, func() error { return context.Canceled }, closing, false},
		{"and it panics", 5, func() error { return panicsAlways(1) }, closing, true},
		{"and it is done", 5, func() error { return nil }, nil, false},
		{"it is the last one, and it says so", 0, func() error { return context.Canceled }, closing, false},
		{"it is the last one, and it panics", 0, func() error { return panicsAlways(1) }, closing, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				ctx, end := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Minute, func() { end(closing) })
				var d diary
				var mu sync.Mutex // for those who do not wait
				ended := 0
				took, err := timedKeep(t, ctx, d.policy(tt.restarts), func(ctx context.Context) error {
					d.runs++
					select {
					case <-ctx.Done():
					case <-time.After(time.Hour):
					}
					time.Sleep(time.Second) // cleans up
					mu.Lock()
					ended++
					mu.Unlock()
					return tt.after()
				})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case ended == 0:
					t.Fatal("leak: the context ended, and Keep returned while the worker was still cleaning up")
				case took > time.Hour:
					t.Fatal("the context ended, and the worker did not see it: it worked for an hour")
				case d.runs > 1:
					t.Fatal("the context ended, and the worker was started again, to see at once that it has to end")
				case took != time.Minute+time.Second:
					t.Fatalf("the worker had ended after %v, and Keep returned after %v", time.Minute+time.Second, took)
				case err != tt.want:
					t.Fatalf("the context ended (%s), and Keep returned %v: want %v", tt.name, err, tt.want)
				case tt.told && len(d.told) == 0:
					t.Fatal("silent: the worker panicked while it cleaned up, and Failed was not told")
				case tt.told:
					mustBePanic(t, "Failed was told", d.told[0], 1)
				}
			})
		})
	}
}

func TestCallsAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var calls sync.WaitGroup
		for range 3 {
			calls.Go(func() {
				d := diary{failed: panicsAlways}
				if err := Keep(t.Context(), d.policy(2), d.work); err == nil || d.runs != 3 {
					t.Errorf("one of three calls at the same time started its worker %d times: want 3, as if it were alone", d.runs)
				}
			})
		}
		calls.Wait()
	})
}
