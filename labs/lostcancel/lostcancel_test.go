package lostcancel

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Nearly every test runs in a bubble, in which an hour passes in no time: durations are
// exact, and the first message that you see says what is wrong with Open.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// counting is a context that knows how many are registered with it: whatever is derived from
// it, and has not ended. A lost cancel function has no goroutine and no stack by which it
// could be found; this is how it shows.
type counting struct {
	context.Context
	done chan struct{}

	mu    sync.Mutex
	err   error
	next  int
	funcs map[int]func()
}

func newCounting(ctx context.Context) *counting {
	return &counting{Context: ctx, done: make(chan struct{}), funcs: make(map[int]func())}
}

func (c *counting) Done() <-chan struct{} { return c.done }

func (c *counting) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// AfterFunc is how package context registers what is derived from a context of another make.
func (c *counting) AfterFunc(f func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.next
	c.next++
	c.funcs[n] = f
	if c.err != nil {
		go f()
	}
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		_, there := c.funcs[n]
		delete(c.funcs, n)
		return there && c.err == nil
	}
}

func (c *counting) registered() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.funcs)
}

// end ends it, and returns when those that are registered have been told.
func (c *counting) end() {
	c.mu.Lock()
	c.err = context.Canceled
	funcs := c.funcs
	c.funcs = make(map[int]func())
	c.mu.Unlock()
	close(c.done)
	for _, f := range funcs {
		f()
	}
}

// dialling returns a Dial that takes d, or until its context ends if it is obedient, and then
// returns err, and tells what context it was handed.
func dialling(d time.Duration, obedient bool, err error, handed *context.Context) Dial {
	return func(ctx context.Context) error {
		*handed = ctx
		var done <-chan struct{}
		if obedient {
			done = ctx.Done()
		}
		select {
		case <-time.After(d):
			return err
		case <-done:
			return ctx.Err()
		}
	}
}

var errRefused = errors.New("connection refused")

func TestSessionLives(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		parent := newCounting(t.Context())
		defer parent.end()
		var handed context.Context
		begin := time.Now()
		s, err := Open(parent, time.Minute, dialling(time.Second, true, nil, &handed))
		took := time.Since(begin)
		switch {
		case handed == nil:
			t.Fatal("dial was never called")
		case err != nil:
			t.Fatalf("dial returned nil in time, and Open returned the error %q", err)
		case s == nil:
			t.Fatal("dial returned nil in time, and Open returned neither a session nor an error")
		case took != time.Second:
			t.Fatalf("dial took 1s, and Open %v", took)
		case s.Context() != handed:
			t.Fatal("the context of the session is not the one that was handed to dial: the connection lives as long as that")
		case handed.Err() != nil:
			t.Fatal("the session is dead from birth: Open returned it, and had ended its context")
		}
		time.Sleep(59*time.Second + time.Hour)
		if handed.Err() != nil {
			t.Fatalf("the session ended after its limit, with the cause %q: the limit is for dialling, and that was over", context.Cause(handed))
		}
		s.Close()
		if handed.Err() == nil {
			t.Fatal("Close has returned, and the context of the session has not ended")
		}
		synctest.Wait()
		if n := parent.registered(); n > 0 {
			t.Fatalf("leak: the session is closed, and %d contexts that were derived for it are still registered with the given one", n)
		}
	})
}

func TestDialFails(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		parent := newCounting(t.Context())
		var handed context.Context
		calls := 0
		dial := dialling(time.Second, true, errRefused, &handed)
		s, err := Open(parent, time.Minute, func(ctx context.Context) error { calls++; return dial(ctx) })
		synctest.Wait()
		registered := parent.registered()
		ended := handed.Err() != nil
		parent.end()
		switch {
		case calls != 1:
			t.Fatalf("dial failed, and was called %d times: want once, and its error", calls)
		case err == nil:
			t.Fatal("dial returned an error, and Open returned nil")
		case err != errRefused:
			t.Fatalf("dial failed in time, and Open returned the error %q: want that of dial, %q, as it is", err, errRefused)
		case s != nil:
			t.Fatal("dial failed, and Open returned a session")
		case !ended:
			t.Fatal("leak: dial failed, Open has returned, and the context has not ended: its cancel function is lost")
		case registered > 0:
			t.Fatalf("leak: dial failed, Open has returned, and %d contexts are still registered with the given one", registered)
		}
	})
}

func TestDialIsSlow(t *testing.T) {
	for _, tt := range []struct {
		name     string
		obedient bool
		returns  error
		took     time.Duration
	}{
		{"and notices", true, nil, time.Minute},
		{"and fails", false, errRefused, time.Hour},
		{"and connects too late", false, nil, time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				parent := newCounting(t.Context())
				var handed context.Context
				begin := time.Now()
				s, err := Open(parent, time.Minute, dialling(time.Hour, tt.obedient, tt.returns, &handed))
				took := time.Since(begin)
				cause := context.Cause(handed)
				synctest.Wait()
				registered := parent.registered()
				parent.end()
				time.Sleep(time.Hour) // dial has returned, also if nobody has waited for it
				switch {
				case took < tt.took:
					t.Fatalf("Open returned after %v, before dial had: it returned after %v", took, tt.took)
				case took > tt.took && tt.obedient:
					t.Fatal("the limit was over after 1m0s, and the context of dial had not ended: it went on for an hour")
				case err == nil || s != nil:
					t.Fatal("dial returned nil after the limit, when its context had ended, and Open returned a session: its connection is closed already")
				case err == context.DeadlineExceeded || cause == context.DeadlineExceeded || err == context.Canceled:
					t.Fatalf("the limit was over: Open returned %q, and the cause of the context was %q: want ErrSlow for both", err, cause)
				case cause != ErrSlow:
					t.Fatalf("the limit was over, and the cause of the context was %v: want ErrSlow", cause)
				case err != ErrSlow:
					t.Fatalf("the limit was over, and Open returned the error %q: want ErrSlow", err)
				case registered > 0:
					t.Fatalf("leak: the limit was over, Open has returned, and %d contexts are still registered with the given one", registered)
				}
			})
		})
	}
}

// The limit is over, then the given context ends, and then dial returns: the first of them counts.
func TestDialIsSlowThenGivenContextEnds(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancelCause(t.Context())
		time.AfterFunc(2*time.Minute, func() { end(errors.New("closing time")) })
		var handed context.Context
		s, err := Open(ctx, time.Minute, dialling(time.Hour, false, nil, &handed))
		if err != ErrSlow || s != nil {
			t.Fatalf("the limit was over, and after that the given context ended: Open returned the error %v, want ErrSlow, which came first", err)
		}
	})
}

func TestGivenContextEnds(t *testing.T) {
	for _, tt := range []struct {
		name     string
		obedient bool
		took     time.Duration
	}{
		{"and dial notices", true, time.Second},
		{"and dial connects all the same", false, 2 * time.Second},
		{"and dial connects after the limit", false, time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				closing := errors.New("closing time")
				ctx, end := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Second, func() { end(closing) })
				var handed context.Context
				begin := time.Now()
				d := tt.took
				if tt.obedient {
					d = 2 * time.Hour
				}
				s, err := Open(ctx, time.Minute, dialling(d, tt.obedient, nil, &handed))
				took := time.Since(begin)
				switch {
				case took > tt.took:
					t.Fatal("the given context ended, and that of dial had not: it went on")
				case took < tt.took:
					t.Fatalf("Open returned after %v, before dial had", took)
				case err == nil || s != nil:
					t.Fatal("the given context had ended when dial returned, and Open returned a session: its connection is closed already")
				case err == context.Canceled:
					t.Fatalf("the cause is lost: Open returned %q, want what context.Cause says, %q", err, closing)
				case err != closing:
					t.Fatalf("the given context had ended, and Open returned %q: want its cause, %q", err, closing)
				case context.Cause(handed) != closing:
					t.Fatalf("the given context ended with the cause %q, and dial saw %q", closing, context.Cause(handed))
				}
			})
		})
	}
}

func TestSessionEndsWithTheGivenContext(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		type key struct{}
		closing := errors.New("closing time")
		ctx, end := context.WithCancelCause(context.WithValue(t.Context(), key{}, "carried"))
		var handed context.Context
		s, err := Open(ctx, time.Minute, dialling(time.Second, true, nil, &handed))
		if err != nil || s == nil {
			t.Fatalf("dial returned nil in time, and Open returned %v, %v", s, err)
		}
		if handed.Value(key{}) != "carried" {
			t.Fatal("the context of the session does not carry the values of the one that Open was given")
		}
		end(closing)
		if context.Cause(s.Context()) != closing {
			s.Close()
			t.Fatal("the given context ended, and that of the session had not, or with another cause")
		}
		s.Close()
	})
}

// Dialling takes exactly as long as the limit. Open may decide for the one or for the other,
// but not for both.
func TestAtTheLastMoment(t *testing.T) {
	for range 100 {
		probe.Bubble(t, func(t *testing.T) {
			var handed context.Context
			s, err := Open(t.Context(), time.Minute, dialling(time.Minute, false, nil, &handed))
			synctest.Wait() // whatever was about to happen has happened
			switch {
			case err == nil && s.Context().Err() != nil:
				t.Fatal("dialling took exactly as long as the limit: Open returned a session, and then the limit ended its context")
			case err == nil:
				s.Close()
			case err != ErrSlow:
				t.Fatalf("dialling took exactly as long as the limit, and Open returned the error %q: want a session, or ErrSlow", err)
			case handed.Err() == nil:
				t.Fatal("leak: Open has returned ErrSlow, and the context has not ended")
			}
		})
	}
}

func TestCloseAgain(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var handed context.Context
		s, err := Open(t.Context(), time.Minute, dialling(time.Second, true, nil, &handed))
		if err != nil {
			t.Fatalf("dial returned nil in time, and Open returned the error %q", err)
		}
		var calls sync.WaitGroup
		for range 10 {
			calls.Go(s.Close)
		}
		calls.Wait()
		s.Close()
	})
}

// Many sessions at the same time: who keeps what in the wrong place mixes them up.
func TestManySessions(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		parent := newCounting(t.Context())
		openAndClose(t, parent)
		registered := parent.registered()
		parent.end()
		if registered > 0 {
			t.Fatalf("leak: many sessions were opened and closed, and %d contexts are still registered with the given one", registered)
		}
	})
}

// A context of the standard library needs no goroutine for what is derived from it.
func TestNobodyIsAtWork(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		if working := openAndClose(t, t.Context()); working > 10 {
			t.Fatalf("100 sessions are open and nothing happens, but %d goroutines are there for them: want none", working)
		}
	})
}

// openAndClose opens 100 sessions at the same time and closes them. It returns how many
// goroutines there were for them when all were open.
func openAndClose(t *testing.T, parent context.Context) (working int) {
	t.Helper()
	const n = 100
	sessions := make([]Session, n)
	var calls sync.WaitGroup
	before := runtime.NumGoroutine()
	for i := range n {
		calls.Go(func() {
			var handed context.Context
			sessions[i], _ = Open(parent, time.Minute, dialling(time.Duration(i+1)*time.Second/2, true, nil, &handed))
		})
	}
	calls.Wait()
	time.Sleep(time.Hour)
	synctest.Wait()
	working = runtime.NumGoroutine() - before
	for i, s := range sessions {
		if s == nil {
			t.Fatalf("%d sessions were opened at the same time, and number %d was not: its dial returned nil in time", n, i)
		}
		if s.Context().Err() != nil {
			t.Fatalf("%d sessions were opened at the same time, and number %d ended when %d of them were closed", n, i, i)
		}
		s.Close()
	}
	synctest.Wait()
	return working
}

// A timer that nobody has stopped has no goroutine either, and nobody notices when it comes. But
// until then it keeps what its function needs: the given context, and all that this carries.
// There is no bubble around this, for it is about memory and not about time.
func TestNothingIsKept(t *testing.T) {
	for _, tt := range []struct {
		story string
		err   error
	}{
		{"dial failed, and Open has returned", errRefused},
		{"the session is closed", nil},
	} {
		given := make(chan weak.Pointer[counting])
		go func() {
			parent := newCounting(context.Background())
			s, _ := Open(parent, time.Hour, func(context.Context) error { return tt.err })
			if s != nil {
				s.Close()
			}
			given <- weak.Make(parent)
		}()
		parent := <-given
		for collections := 0; parent.Value() != nil; collections++ {
			if collections == 10 {
				t.Fatalf("leak: %s, and something still keeps the given context: a timer that goes on, which nobody has stopped", tt.story)
			}
			runtime.GC()
		}
	}
}
