package future

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are exact, and
// the first message that you see says what is wrong with Call.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errClosing = errors.New("closing time")
	errRefused = errors.New("refused")
)

// works returns a server that works for d and replies before it returns, whatever happens to
// its context.
func works(d time.Duration, err error) Server {
	return func(_ context.Context, arg string, reply func(string, error)) {
		time.Sleep(d)
		reply("re: "+arg, err)
	}
}

// later returns a server that returns at once and replies after d, also whatever happens.
func later(d time.Duration, err error) Server {
	return func(_ context.Context, arg string, reply func(string, error)) {
		time.AfterFunc(d, func() { reply("re: "+arg, err) })
	}
}

func never(context.Context, string, func(string, error)) {}

// outcome is what somebody was told, and when.
type outcome struct {
	value string
	err   error
	at    time.Duration
}

// told are the calls of a callback.
type told struct {
	start time.Time
	mu    sync.Mutex
	calls []outcome
}

// then has a new callback called.
func then(f Future, start time.Time) *told {
	c := &told{start: start}
	f.Then(c.callback)
	return c
}

func (c *told) callback(value string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, outcome{value, err, time.Since(c.start)})
}

// want ends the test if the callback was not called once, with this.
func (c *told) want(t *testing.T, want outcome, when string) {
	t.Helper()
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case len(c.calls) == 0:
		t.Fatalf("a callback was never called: %s", when)
	case len(c.calls) > 1:
		t.Fatalf("a callback was called %d times: %s", len(c.calls), when)
	case c.calls[0] != want:
		got := c.calls[0]
		t.Fatalf("a callback was called after %v with %q and the error %v, want %v, %q and %v: %s", got.at, got.value, got.err, want.at, want.value, want.err, when)
	}
}

// waited ends the test if Wait does not return this.
func waited(t *testing.T, f Future, start time.Time, want outcome, when string) {
	t.Helper()
	value, err := f.Wait(context.Background())
	if got := (outcome{value, err, time.Since(start)}); got != want {
		t.Fatalf("Wait returned %q and the error %v after %v, want %q, %v and %v: %s", got.value, got.err, got.at, want.value, want.err, want.at, when)
	}
}

// A client that waits or is told, and a server of each kind.
func TestFourWays(t *testing.T) {
	for _, tt := range []struct {
		name   string
		server func(time.Duration, error) Server
	}{{"a server that works", works}, {"a server that replies later", later}} {
		for _, refused := range []error{nil, errRefused} {
			probe.Bubble(t, func(t *testing.T) {
				start := time.Now()
				f := Call(t.Context(), tt.server(3*time.Second, refused), "tea")
				if took := time.Since(start); took > 0 {
					t.Fatalf("Call waited for the server: it returned after %v, with %s", took, tt.name)
				}
				want := outcome{"re: tea", refused, 3 * time.Second}
				first, second := then(f, start), then(f, start)
				if took := time.Since(start); took > 0 {
					t.Fatalf("Then waited for the result: it returned after %v, with %s", took, tt.name)
				}
				waited(t, f, start, want, tt.name)
				first.want(t, want, tt.name)
				second.want(t, want, tt.name)
				waited(t, f, start, want, tt.name+", and the second Wait")
				late := then(f, start)
				late.want(t, want, "there was a result before Then, from "+tt.name)
				first.want(t, want, tt.name)
			})
		}
	}
}

func TestServerIsCalledOnce(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		type key struct{}
		var calls []string
		var handed context.Context
		f := Call(context.WithValue(t.Context(), key{}, "carried"), func(ctx context.Context, arg string, reply func(string, error)) {
			calls, handed = append(calls, arg), ctx
			time.AfterFunc(time.Second, func() { reply("", nil) })
		}, "tea")
		synctest.Wait()
		switch {
		case fmt.Sprint(calls) != "[tea]":
			t.Fatalf("the server was called with %q, want one call with tea", calls)
		case handed.Value(key{}) != "carried":
			t.Fatal("the context of the server does not carry the values of the one that Call was given")
		case handed.Err() != nil:
			t.Fatal("the context of the server has ended, and there is no result yet: whoever replies later needs it")
		}
		f.Wait(t.Context())
		f.Wait(t.Context())
		then(f, time.Now())
		synctest.Wait()
		switch {
		case len(calls) != 1:
			t.Fatalf("the server was called %d times: somebody asked for the result again", len(calls))
		case handed.Err() == nil:
			t.Fatal("leak: there is a result, and the context of the server has not ended: its parent keeps it until its own end")
		}
	})
}

func TestFirstReplyCounts(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		start := time.Now()
		returned := time.Duration(-1)
		var ended bool
		f := Call(t.Context(), func(ctx context.Context, _ string, reply func(string, error)) {
			reply("first", nil)
			ended = ctx.Err() != nil
			reply("second", nil)
			time.Sleep(time.Second)
			reply("third", errRefused)
			returned = time.Since(start)
		}, "")
		c := then(f, start)
		waited(t, f, start, outcome{"first", nil, 0}, "the server replied twice, and the first reply is the result")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if returned != time.Second {
			t.Fatal("reply waits: the server replied three times, and has not returned")
		}
		if !ended {
			t.Fatal("leak: the server replied and works on, and its context has not ended: nobody tells it that there is a result")
		}
		c.want(t, outcome{"first", nil, 0}, "the server replied three times, and the first reply is the result")
		waited(t, f, start, outcome{"first", nil, 2 * time.Second}, "the server replied three times, and the first reply is the result")
	})
}

// endless is a context that could end and never does: whoever waits for it is left.
type endless struct {
	context.Context
	done chan struct{}
}

func (e endless) Done() <-chan struct{} { return e.done }

// watched is a context that knows who looks at it, and who waits for its end.
type watched struct {
	context.Context
	look  func()       // called when somebody asks for its channel
	leave func()       // called when somebody does not wait for its end any more
	waits atomic.Int32 // how many do
}

func (w *watched) Done() <-chan struct{} {
	if w.look != nil {
		w.look()
	}
	return w.Context.Done()
}

// AfterFunc is what package context calls whenever something shall happen at its end, unless
// the channel is that of a context of its own.
func (w *watched) AfterFunc(f func()) func() bool {
	w.waits.Add(1)
	stop := context.AfterFunc(w.Context, f)
	return func() bool {
		stopped := stop()
		if stopped {
			w.waits.Add(-1)
		}
		if w.leave != nil {
			w.leave()
		}
		return stopped
	}
}

// Then is called while the one who replies is about to make the result: where it ends the
// context of the server, and so leaves the context of Call.
func TestThenWhileReplying(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var reply func(string, error)
		var called atomic.Int32
		var quiet probe.Point // lets the others come as far as they can
		done := make(chan struct{})
		defer close(done)
		ctx := &watched{Context: endless{t.Context(), done}}
		f := Call(ctx, func(_ context.Context, _ string, r func(string, error)) { reply = r }, "")
		synctest.Wait()
		ctx.leave = sync.OnceFunc(func() {
			go f.Then(func(string, error) { called.Add(1) })
			quiet.Here()
		})
		reply("", nil)
		synctest.Wait()
		switch n := int(called.Load()); {
		case n < quiet.Came():
			t.Fatal("a callback was never called: the result came just when Then was called")
		case n > quiet.Came():
			t.Fatalf("a callback was called %d times: the result came just when Then was called", n)
		}
	})
}

// Many replies and many Thens at the same moment.
func TestRepliesAtOnce(t *testing.T) {
	for range 100 {
		probe.Bubble(t, func(t *testing.T) {
			start := time.Now()
			var all sync.WaitGroup
			f := Call(t.Context(), func(_ context.Context, _ string, reply func(string, error)) {
				for i := range 4 {
					all.Go(func() { time.Sleep(time.Second); reply(fmt.Sprint(i), nil) })
				}
			}, "")
			synctest.Wait()
			callbacks := make([]told, 8)
			for i := range callbacks {
				callbacks[i].start = start
				all.Go(func() { time.Sleep(time.Second); f.Then(callbacks[i].callback) })
			}
			all.Wait()
			value, err := f.Wait(t.Context())
			for i := range callbacks {
				callbacks[i].want(t, outcome{value, err, time.Second}, "four replies and eight Thens came at the same moment, and there is one result")
			}
		})
	}
}

// One stops waiting, the other does not.
func TestWaitGivesUp(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		start := time.Now()
		var handed context.Context
		f := Call(t.Context(), func(ctx context.Context, arg string, reply func(string, error)) {
			handed = ctx
			later(3*time.Second, nil)(ctx, arg, reply)
		}, "tea")
		c := then(f, start)
		ctx, stop := context.WithTimeoutCause(t.Context(), time.Second, errClosing)
		defer stop()
		value, err := f.Wait(ctx)
		took := time.Since(start)
		synctest.Wait()
		switch {
		case took != time.Second:
			t.Fatalf("the context of Wait ended after 1s, and it returned after %v", took)
		case err != nil && err == ctx.Err():
			t.Fatalf("the cause is lost: Wait returned %q, want what context.Cause says, %q", err, errClosing)
		case value != "" || err != errClosing:
			t.Fatalf("the context of Wait ended, and it returned %q and the error %v: want none and what context.Cause says, %q", value, err, errClosing)
		case handed.Err() != nil:
			t.Fatal("one stopped waiting, and the call was given up: others wait for the result, too")
		}
		want := outcome{"re: tea", nil, 3 * time.Second}
		waited(t, f, start, want, "another one had stopped waiting")
		c.want(t, want, "another one had stopped waiting")
	})
}

// The result comes, and then the context of Wait ends: before the call, and when Wait is just
// about to wait for both.
func TestWaitHasBoth(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		f := Call(t.Context(), works(0, nil), "tea")
		synctest.Wait()
		ctx, stop := context.WithCancel(t.Context())
		stop()
		for range 100 {
			if value, err := f.Wait(ctx); value != "re: tea" || err != nil {
				t.Fatalf("a coin is tossed: there was a result, the context of Wait had ended, and it returned %q and the error %v: want the result", value, err)
			}
		}
		for range 30 {
			var reply func(string, error)
			f := Call(t.Context(), func(_ context.Context, _ string, r func(string, error)) { reply = r }, "")
			synctest.Wait()
			ctx, stop := context.WithCancel(t.Context())
			var quiet probe.Point // lets the others come as far as they can
			both := sync.OnceFunc(func() {
				go func() { reply("tea", nil); stop() }()
				quiet.Here()
			})
			if value, err := f.Wait(&watched{Context: ctx, look: both}); quiet.Came() > 0 && (value != "tea" || err != nil) {
				t.Fatalf("a coin is tossed: Wait had begun, there was a result, then its context ended, and it returned %q and the error %v: want the result", value, err)
			}
			stop()
			f.Cancel()
		}
	})
}

func TestCancel(t *testing.T) {
	for _, tt := range []struct {
		name   string
		server Server
	}{{"works on", works(3*time.Second, nil)}, {"replies later", later(3*time.Second, nil)}, {"never replies", never}} {
		probe.Bubble(t, func(t *testing.T) {
			start := time.Now()
			var handed context.Context
			f := Call(t.Context(), func(ctx context.Context, arg string, reply func(string, error)) {
				handed = ctx
				tt.server(ctx, arg, reply)
			}, "tea")
			c := then(f, start)
			time.Sleep(time.Second)
			f.Cancel()
			for range 20 {
				ctx, stop := context.WithTimeout(t.Context(), time.Hour)
				value, err := f.Wait(ctx)
				stop()
				if took := time.Since(start); took != time.Second {
					t.Fatalf("Cancel was called after 1s, and Wait returned after %v, with a server that %s: there has to be a result at once", took, tt.name)
				}
				if value != "" || err != ErrCanceled {
					t.Fatalf("Cancel was called, and Wait returned %q and the error %v: want none and %q", value, err, ErrCanceled)
				}
			}
			want := outcome{"", ErrCanceled, time.Second}
			c.want(t, want, "Cancel was called after 1s")
			switch {
			case handed.Err() == nil:
				t.Fatal("Cancel was called, and nobody told the server: its context has not ended")
			case context.Cause(handed) != ErrCanceled:
				t.Fatalf("Cancel was called, and context.Cause of the server's context says %q: want %q", context.Cause(handed), ErrCanceled)
			}
			f.Cancel()
			time.Sleep(time.Hour)
			waited(t, f, start, outcome{"", ErrCanceled, time.Hour + time.Second}, "Cancel was called, and the server replied afterwards")
			c.want(t, want, "Cancel was called after 1s, and the server replied afterwards")
		})
	}
}

// Whoever asks at once, and has no time to wait.
func TestCancelHasDecided(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ended, end := context.WithCancel(t.Context())
		end()
		for range 50 {
			f := Call(t.Context(), never, "")
			synctest.Wait()
			f.Cancel()
			if value, err := f.Wait(ended); value != "" || err != ErrCanceled {
				t.Fatalf("Cancel has returned, and there is no result yet: Wait with a context that had ended returned %q and the error %v, want none and %q", value, err, ErrCanceled)
			}
		}
	})
}

func TestCancelTooLate(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		start := time.Now()
		f := Call(t.Context(), works(0, nil), "tea")
		synctest.Wait()
		f.Cancel()
		waited(t, f, start, outcome{"re: tea", nil, 0}, "there was a result before Cancel was called")
	})
}

func TestContextEnds(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		start := time.Now()
		ctx, end := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { end(errClosing) })
		var handed context.Context
		f := Call(ctx, func(ctx context.Context, arg string, reply func(string, error)) {
			handed = ctx
			later(3*time.Second, nil)(ctx, arg, reply)
		}, "tea")
		c := then(f, start)
		want := outcome{"", errClosing, time.Second}
		waited(t, f, start, want, "the context of Call ended after 1s")
		time.Sleep(time.Hour)
		c.want(t, want, "the context of Call ended after 1s")
		if context.Cause(handed) != errClosing {
			t.Fatalf("the context of Call ended, and context.Cause of the server's says %v: want %q", context.Cause(handed), errClosing)
		}
	})
}

// The context ends, and then the server replies, or Cancel is called, before anybody has had
// time to look.
func TestAfterTheEnd(t *testing.T) {
	for range 50 {
		for _, then := range []string{"the server replied", "Cancel was called"} {
			probe.Bubble(t, func(t *testing.T) {
				ctx, end := context.WithCancelCause(t.Context())
				var reply func(string, error)
				f := Call(ctx, func(_ context.Context, _ string, r func(string, error)) { reply = r }, "")
				synctest.Wait()
				end(errClosing)
				if then == "Cancel was called" {
					f.Cancel()
				} else {
					reply("late", nil)
				}
				waited(t, f, time.Now(), outcome{"", errClosing, 0}, "the context of Call ended, and then "+then)
			})
		}
	}
}

func TestContextHasEnded(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancelCause(t.Context())
		end(errClosing)
		called := false
		start := time.Now()
		f := Call(ctx, func(context.Context, string, func(string, error)) { called = true }, "")
		waited(t, f, start, outcome{"", errClosing, 0}, "the context had ended before the call")
		then(f, start).want(t, outcome{"", errClosing, 0}, "the context had ended before the call")
		if called {
			t.Fatal("the context had ended before the call, and the server was called")
		}
	})
}

// A callback that takes its time is held until somebody comes whom it must not hold up, or
// until nobody can come.
func TestSlowCallback(t *testing.T) {
	for _, who := range []string{"another callback", "reply", "Wait", "Then", "Cancel"} {
		t.Run(who, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				var p probe.Point
				after := func(what string) {
					if what == who {
						p.Here()
					}
				}
				var gate probe.Gate
				f := Call(t.Context(), func(_ context.Context, arg string, reply func(string, error)) {
					gate.Wait()
					reply(arg, nil)
					after("reply")
				}, "tea")
				f.Then(func(string, error) { p.Here() })
				f.Then(func(string, error) { after("another callback") })
				gate.Open()
				f.Wait(context.Background())
				after("Wait")
				f.Then(func(string, error) {})
				after("Then")
				f.Cancel()
				after("Cancel")
				synctest.Wait()
				switch {
				case p.Came() < 2:
					t.Fatal("a callback was never called: there are two, and one takes its time")
				case p.Met() == 0:
					t.Fatalf("a callback that takes its time holds up the others: %s had to wait for it", who)
				}
			})
		})
	}
}

// There is a result before Then, and so Then could call the callback itself.
func TestSlowLateCallback(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var p probe.Point
		f := Call(t.Context(), works(0, nil), "tea")
		synctest.Wait()
		f.Then(func(string, error) { p.Here() })
		p.Here()
		synctest.Wait()
		if p.Met() == 0 {
			t.Fatal("a callback that takes its time holds up the others: there was a result before Then, and Then did not return before the callback")
		}
	})
}

func TestCallbackUsesTheFuture(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		start := time.Now()
		var gate probe.Gate
		f := Call(t.Context(), func(_ context.Context, arg string, reply func(string, error)) {
			gate.Wait()
			reply(arg, nil)
		}, "tea")
		inner := &told{start: start}
		f.Then(func(string, error) {
			f.Cancel()
			f.Then(inner.callback)
			inner.callback(f.Wait(context.Background()))
		})
		gate.Open()
		synctest.Wait()
		want := outcome{"tea", nil, 0}
		if n := len(inner.calls); n != 2 || inner.calls[0] != want || inner.calls[1] != want {
			t.Fatalf("a callback used Cancel, Then and Wait, and was told %v: want the result twice", inner.calls)
		}
	})
}

// A thousand wait, and whoever wakes up first looks at the context of the server.
func TestServerIsToldFirst(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4)) // so that one wakes up while others are woken
	for range 30 {
		probe.Bubble(t, func(t *testing.T) {
			var reply func(string, error)
			var handed context.Context
			var late atomic.Int32
			f := Call(t.Context(), func(ctx context.Context, _ string, r func(string, error)) { handed, reply = ctx, r }, "")
			for range 1000 {
				go func() {
					f.Wait(context.Background())
					if handed.Err() == nil {
						late.Add(1)
					}
				}()
			}
			synctest.Wait()
			reply("", nil)
			synctest.Wait()
			if n := late.Load(); n > 0 {
				t.Fatalf("%d of 1000 knew the result before the context of the server had ended: want it to end before anybody can know", n)
			}
		})
	}
}

// The reply comes between two of many Thens, now here, now there.
func TestThenAndReply(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		const thens = 40
		for i := range 300 {
			var reply func(string, error)
			var called atomic.Int32
			var all sync.WaitGroup
			f := Call(t.Context(), func(_ context.Context, _ string, r func(string, error)) { reply = r }, "")
			synctest.Wait()
			begin := make(chan struct{})
			all.Go(func() {
				<-begin
				for range i % thens {
					runtime.Gosched()
				}
				reply("", nil)
			})
			all.Go(func() {
				<-begin
				for range thens {
					f.Then(func(string, error) { called.Add(1) })
				}
			})
			synctest.Wait()
			close(begin)
			all.Wait()
			synctest.Wait()
			switch n := called.Load(); {
			case n < thens:
				t.Fatalf("a callback was never called: the result came just when Then was called, and of %d callbacks %d were called", thens, n)
			case n > thens:
				t.Fatalf("a callback was called twice: the result came just when Then was called, and %d callbacks were called %d times", thens, n)
			}
		}
	})
}

// A hundred calls that wait for a reply, with three callbacks each, and one who has stopped
// waiting.
func TestNoGoroutineWaits(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		const calls = 100
		start := time.Now()
		ended, end := context.WithCancel(t.Context())
		end()
		before := runtime.NumGoroutine()
		var callbacks []*told
		var last Future
		for range calls {
			last = Call(t.Context(), later(time.Second, nil), "tea")
			last.Wait(ended)
			callbacks = append(callbacks, then(last, start), then(last, start), then(last, start))
		}
		synctest.Wait()
		if kept := runtime.NumGoroutine() - before; kept >= calls/2 {
			t.Fatalf("goroutines are kept for calls that nobody waits for: %d calls are under way, their server has returned, and there are %d goroutines more than before", calls, kept)
		}
		waited(t, last, start, outcome{"re: tea", nil, time.Second}, "100 calls")
		for _, c := range callbacks {
			c.want(t, outcome{"re: tea", nil, time.Second}, "100 calls with three callbacks each")
		}
	})
}

func TestNobodyIsLeft(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx := endless{context.Background(), make(chan struct{})}
		for _, server := range []Server{works(time.Second, nil), later(time.Second, nil), never} {
			of, waits := &watched{Context: ctx}, &watched{Context: ctx}
			f := Call(of, server, "tea")
			then(f, time.Now())
			then(f, time.Now())
			go f.Wait(waits)
			time.Sleep(2 * time.Second)
			f.Cancel()
			f.Wait(waits)
			synctest.Wait()
			if of.waits.Load() > 0 {
				t.Fatal("leak: there is a result, and something still waits for the end of the context of Call, which keeps it until then")
			}
			if waits.waits.Load() > 0 {
				t.Fatal("leak: Wait has returned, and something still waits for the end of its context, which keeps it until then")
			}
		}
	})
}
