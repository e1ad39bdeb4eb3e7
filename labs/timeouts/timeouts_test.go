package timeouts

import (
	"context"
	"errors"
	"fmt"
	"runtime"
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

// Nearly all tests run in bubbles, in which an hour passes in no time: durations are
// exact, and the first message that you see says what is wrong with Ask.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tick is no round number: whoever sleeps where he should wait is late.
const tick = time.Second + 7*time.Nanosecond

// deaf returns a question that takes d, whatever happens to its context.
func deaf(d time.Duration, answer string, err error) Question {
	return func(context.Context) (string, error) {
		time.Sleep(d)
		return answer, err
	}
}

// polite returns a question that would take d and gives up when it is told to.
func polite(d time.Duration, answer string) Question {
	return func(ctx context.Context) (string, error) {
		select {
		case <-time.After(d):
			return answer, nil
		case <-ctx.Done():
			return "given up", ctx.Err()
		}
	}
}

// What comes too late for one call must not be taken for the answer to the next. This
// one is in real time, where calls may share what they should not.
func TestLateAnswer(t *testing.T) {
	before := runtime.NumGoroutine()
	gate := make(chan struct{})
	const n = 20
	var calls sync.WaitGroup
	for range n {
		calls.Go(func() {
			Ask(context.Background(), time.Millisecond, func(context.Context) (string, error) {
				select {
				case <-gate:
				case <-time.After(time.Second): // Ask waits for it
				}
				return "late", nil
			})
		})
	}
	calls.Wait()
	close(gate)
	for i := 0; i < 1000 && runtime.NumGoroutine() > before; i++ {
		time.Sleep(time.Millisecond) // until the late answers are where they belong
	}
	for range n {
		answer, err := Ask(context.Background(), time.Minute, deaf(0, "42", nil))
		if answer != "42" || err != nil {
			t.Fatalf("a call returned %q and the error %v: want 42, its own answer, and not what came too late for the call before", answer, err)
		}
	}
}

func TestAnswerInTime(t *testing.T) {
	refused := errors.New("refused")
	for _, tt := range []struct {
		unit time.Duration
		want error
	}{{tick, nil}, {tick, refused}, {10_000_000 * tick, nil}} { // no limit but the one that Ask is given
		probe.Bubble(t, func(t *testing.T) {
			tick, want := tt.unit, tt.want
			start := time.Now()
			asked := 0
			answer, err := Ask(t.Context(), 10*tick, func(ctx context.Context) (string, error) {
				asked++
				return deaf(3*tick, "42", want)(ctx)
			})
			took := time.Since(start)
			switch {
			case asked == 0:
				t.Fatal("the question was never asked")
			case err == ErrTimeout:
				t.Fatalf("the answer was there after %v with a limit of %v, but Ask returned %q", 3*tick, 10*tick, err)
			case err != want:
				t.Fatalf("Ask returned the error %v: want what the question returned, %v", err, want)
			case answer != "42":
				t.Fatalf("the answer is lost: Ask returned %q, want 42", answer)
			case took == 10*tick:
				t.Fatalf("Ask waits until the limit has passed: the answer was there after %v, but Ask returned after %v", 3*tick, took)
			case took != 3*tick:
				t.Fatalf("the answer was there after %v, but Ask returned after %v", 3*tick, took)
			case asked != 1:
				t.Fatalf("the question was asked %d times", asked)
			}
		})
	}
}

// The answer is there before Ask waits for it, now and then.
func TestAnswerAtOnce(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		for range 10_000 {
			if answer, err := Ask(t.Context(), tick, deaf(0, "42", nil)); answer != "42" || err != nil {
				t.Fatalf("the answer is lost: it was there at once, with a limit of %v, and Ask returned %q and the error %v", tick, answer, err)
			}
		}
	})
}

func TestLimit(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		inBubble := func() int { return strings.Count(stacks.All(), "synctest bubble ") }
		before := inBubble()
		start := time.Now()
		answer, err := Ask(t.Context(), 2*tick, deaf(time.Hour, "late", nil))
		took := time.Since(start)
		switch {
		case took >= time.Hour:
			t.Fatalf("Ask waited for the question: with a limit of %v it returned after %v", 2*tick, took)
		case took != 2*tick:
			t.Fatalf("with a limit of %v Ask returned after %v", 2*tick, took)
		case answer != "":
			t.Fatalf("there was no answer in time, but Ask returned the answer %q", answer)
		case err == context.DeadlineExceeded:
			t.Fatalf("Ask returned %q: want ErrTimeout, for nobody else's deadline was meant", err)
		case err != ErrTimeout:
			t.Fatalf("there was no answer in time, and Ask returned the error %v: want %q", err, ErrTimeout)
		}
		synctest.Wait()
		if more := inBubble() - before - 1; more > 0 {
			t.Fatalf("leak: Ask has returned, and besides the question, which takes no notice, %d more goroutines go on", more)
		}
		time.Sleep(2 * time.Hour) // q ends, and so must its goroutine
	})
}

// The question gives up in the same moment in which Ask does.
func TestPoliteQuestion(t *testing.T) {
	for range 100 {
		probe.Bubble(t, func(t *testing.T) {
			answer, err := Ask(t.Context(), 2*tick, polite(time.Hour, "late"))
			if err != ErrTimeout || answer != "" {
				t.Fatalf("what a question returns after its context has ended is no answer: with a question that gives up Ask returned %q and the error %v, want none and %q",
					answer, err, ErrTimeout)
			}
			synctest.Wait()
		})
	}
}

// The context ends, and then there is an answer, before Ask has had time to look. The
// context was first.
func TestAnswerAfterTheEnd(t *testing.T) {
	for range 100 {
		probe.Bubble(t, func(t *testing.T) {
			closing := errors.New("closing time")
			ctx, end := context.WithCancelCause(t.Context())
			answer, err := Ask(ctx, tick, func(context.Context) (string, error) {
				time.Sleep(tick / 2)
				end(closing)
				return "late", nil
			})
			if answer != "" || err == nil {
				t.Fatalf("what a question returns after its context has ended is no answer, even if Ask could still see it: Ask returned %q and the error %v, want none and %q",
					answer, err, closing)
			}
			synctest.Wait()
		})
	}
}

func TestQuestionIsTold(t *testing.T) {
	for _, tt := range []struct {
		name string
		ends time.Duration // of the context that Ask is given
		want time.Duration // until the question is told
	}{
		{"limit", time.Hour, 2 * tick},
		{"context", tick, tick},
	} {
		t.Run(tt.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				closing := errors.New("closing time")
				ctx, end := context.WithCancelCause(t.Context())
				defer end(nil)
				timer := time.AfterFunc(tt.ends, func() { end(closing) })
				defer timer.Stop()
				wanted := map[string]error{"limit": ErrTimeout, "context": closing}[tt.name]
				start := time.Now()
				var cause error
				var told time.Duration
				Ask(ctx, 2*tick, func(ctx context.Context) (string, error) {
					polite(time.Hour, "")(ctx)
					cause, told = context.Cause(ctx), time.Since(start)
					return "", nil
				})
				synctest.Wait()
				switch {
				case told == 0:
					t.Fatal("leak: Ask gave up, and nobody told the question: it works on, for an hour")
				case told != tt.want:
					t.Fatalf("the question was told to stop after %v, want %v", told, tt.want)
				case cause != wanted:
					t.Fatalf("the cause is lost: the question was told to stop, but context.Cause says %q, want %q", cause, wanted)
				}
			})
		})
	}
}

func TestContextEnds(t *testing.T) {
	closing := errors.New("closing time")
	for _, tt := range []struct {
		name string
		q    Question
	}{
		{"deaf", deaf(time.Hour, "late", nil)},
		{"polite", polite(time.Hour, "late")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for range 50 {
				probe.Bubble(t, func(t *testing.T) {
					ctx, end := context.WithCancelCause(t.Context())
					time.AfterFunc(3*tick, func() { end(closing) })
					start := time.Now()
					answer, err := Ask(ctx, 20*tick, tt.q)
					took := time.Since(start)
					switch {
					case took == 20*tick || took >= time.Hour:
						t.Fatalf("the context ended after %v, but Ask took no notice: it returned after %v", 3*tick, took)
					case took != 3*tick:
						t.Fatalf("the context ended after %v, but Ask returned after %v", 3*tick, took)
					case answer != "":
						t.Fatalf("what a question returns after its context has ended is no answer: Ask returned %q and the error %v, want none and what context.Cause says, %q", answer, err, closing)
					case err == ctx.Err():
						t.Fatalf("the cause is lost: Ask returned %q, want what context.Cause says, %q", err, closing)
					case err != closing:
						t.Fatalf("the context ended, and Ask returned the error %v: want what context.Cause says, %q", err, closing)
					}
					time.Sleep(2 * time.Hour)
				})
			}
		})
	}
}

// The context that Ask is given has a deadline of its own, and it passes first.
func TestDeadlineOfTheCaller(t *testing.T) {
	closing := errors.New("closing time")
	for _, want := range []error{context.DeadlineExceeded, closing} {
		probe.Bubble(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeoutCause(t.Context(), tick, closing)
			if want != closing {
				ctx, cancel = context.WithTimeout(t.Context(), tick)
			}
			defer cancel()
			answer, err := Ask(ctx, 2*tick, deaf(3*tick, "late", nil))
			switch {
			case err == ErrTimeout:
				t.Fatalf("the context that Ask was given had a deadline of its own, which passed before the limit, and Ask returned ErrTimeout: want what context.Cause says, %q", want)
			case answer != "" || err != want:
				t.Fatalf("the deadline of the context that Ask was given passed, and Ask returned %q and the error %v: want none and %q", answer, err, want)
			}
			time.Sleep(3 * tick)
		})
	}
}

func TestContextHasEnded(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancel(t.Context())
		end()
		answer, err := Ask(ctx, tick, deaf(tick/2, "quick", nil))
		if err != context.Canceled || answer != "" {
			t.Fatalf("the context had ended before the call, and Ask returned %q and the error %v: want none and %q", answer, err, context.Canceled)
		}
		time.Sleep(tick)
	})
}

// Once more, often and in real time. Somebody stops the world again and again, so that a
// call may find both the answer and the end of its context when it comes to look.
func TestAnswerAndEndTogether(t *testing.T) {
	ctx, end := context.WithCancel(context.Background())
	end()
	quit := make(chan struct{})
	var world sync.WaitGroup
	defer world.Wait()
	defer close(quit)
	world.Go(func() {
		for {
			select {
			case <-quit:
				return
			default:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
			}
		}
	})
	for start, i := time.Now(), 0; i < 30_000 && time.Since(start) < 400*time.Millisecond; i++ {
		answer, err := Ask(ctx, tick, deaf(0, "quick", nil))
		if err != context.Canceled || answer != "" {
			t.Fatalf("a coin is tossed: the context had ended before the call, and there was an answer too when Ask looked: it returned %q and the error %v, want none and %q",
				answer, err, context.Canceled)
		}
		answer, err = Ask(context.Background(), 1, func(ctx context.Context) (string, error) {
			<-ctx.Done()
			return "late", nil
		})
		if err != ErrTimeout || answer != "" {
			t.Fatalf("a coin is tossed: the limit had passed, and there was an answer too when Ask looked, of a question that had been told: it returned %q and the error %v, want none and %q",
				answer, err, ErrTimeout)
		}
	}
}

func TestContextOfTheQuestion(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		type key struct{}
		var handed context.Context
		Ask(context.WithValue(t.Context(), key{}, "carried"), time.Hour, func(ctx context.Context) (string, error) {
			handed = ctx
			return "", nil
		})
		switch {
		case handed == nil:
			t.Fatal("the question was never asked")
		case handed.Value(key{}) != "carried":
			t.Fatal("the context of the question does not carry the values of the one that Ask was given")
		case handed.Err() == nil:
			t.Fatal("leak: Ask has returned, but the context of the question has not ended: its parent keeps it until its own end")
		}
	})
}

// One question can be answered when another one has been asked.
func TestCallsAtTheSameTime(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		meet := make(chan string)
		var calls sync.WaitGroup
		calls.Go(func() {
			Ask(t.Context(), tick, func(context.Context) (string, error) { meet <- ""; return "", nil })
		})
		Ask(t.Context(), tick, func(context.Context) (string, error) { return <-meet, nil })
		calls.Wait()
	})
}

func TestCallsAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var calls sync.WaitGroup
		var wrong atomic.Int32
		start := time.Now()
		for i := range 20 {
			calls.Go(func() {
				d := time.Duration(i+1) * tick
				if answer, err := Ask(t.Context(), time.Hour, deaf(d, fmt.Sprint(i), nil)); answer != fmt.Sprint(i) || err != nil || time.Since(start) != d {
					wrong.Add(1)
				}
			})
		}
		calls.Wait()
		if n := wrong.Load(); n > 0 {
			t.Fatalf("of 20 calls at the same time, %d did not get their own answer in their own time", n)
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

func TestNobodyIsLeft(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx := endless{context.Background(), make(chan struct{}), new(atomic.Int32)}
		Ask(ctx, tick, deaf(0, "quick", nil))
		Ask(ctx, tick, deaf(2*tick, "late", nil))
		if n := ctx.derived.Load(); n > 0 {
			t.Fatalf("leak: Ask has returned twice, and the context that it was given still knows %d that Ask derived from it: a context that nobody cancelled, or an AfterFunc that nobody stopped", n)
		}
		time.Sleep(3 * tick)
	})
}

// This one is in real time too. Ten thousand questions are answered at once, with a limit
// of an hour. Nothing of them may be left.
func TestNothingIsKept(t *testing.T) {
	const n = 10_000
	objects := func() int {
		for range 3 {
			runtime.GC()
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapObjects)
	}
	ask := func() {
		for range n {
			Ask(context.Background(), time.Hour, deaf(0, "quick", nil))
		}
	}
	ask() // what is allocated once and for all
	before, goroutines := objects(), runtime.NumGoroutine()
	ask()
	for i := 0; i < 100 && runtime.NumGoroutine() > goroutines+n/2; i++ {
		runtime.Gosched()
	}
	if left := runtime.NumGoroutine() - 5; left > n/2 {
		t.Fatalf("leak: %d questions were answered, and %d goroutines are left until the limit has passed", n, left)
	}
	if kept := objects() - before; kept > n/2 {
		t.Fatalf("leak: %d questions were answered at once, with a limit of an hour, and %d objects in memory are kept: a timer that nobody stops keeps what its function refers to", n, kept)
	}
}
