package secondkey

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time. No real signal is sent:
// keyboard is where they come from.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// keyboard is a Signals on which the judge plays.
type keyboard struct {
	mu       sync.Mutex
	who      map[chan<- os.Signal][]os.Signal
	notified int
	takes    time.Duration // Notify does
	atOnce   os.Signal     // comes as soon as somebody is registered for it
	fatal    int           // signals for which nobody was registered
	gap      bool          // nobody was registered any more, and then somebody again
}

func (k *keyboard) Notify(c chan<- os.Signal, sig ...os.Signal) {
	time.Sleep(k.takes)
	k.mu.Lock()
	if k.who == nil {
		k.who = make(map[chan<- os.Signal][]os.Signal)
	}
	k.gap = k.gap || k.notified > 0 && len(k.who) == 0
	k.who[c] = append(k.who[c], sig...)
	k.notified++
	k.mu.Unlock()
	if slices.Contains(sig, k.atOnce) || len(sig) == 0 && k.atOnce != nil {
		k.press(k.atOnce)
		k.atOnce = nil
	}
}

func (k *keyboard) Stop(c chan<- os.Signal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.who, c)
}

// press sends a signal to everybody who is registered for it.
func (k *keyboard) press(sig os.Signal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	heard := false
	for c, wanted := range k.who {
		if len(wanted) == 0 || slices.Contains(wanted, sig) {
			heard = true
			select {
			case c <- sig:
			default:
			}
		}
	}
	if !heard {
		k.fatal++
	}
}

func (k *keyboard) registered() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.who)
}

// running is a call of Run on its way.
type running struct {
	keys     keyboard
	context  atomic.Value // of work: a judgedContext
	began    time.Time
	over     atomic.Bool // Run has returned
	err      error       // what
	took     time.Duration
	deaf     atomic.Bool  // nobody was registered when work began
	ended    atomic.Bool  // work has
	left     atomic.Int32 // were registered when it did
	calls    atomic.Int32
	workEnds chan struct{}
}

type judgedContext struct{ context.Context }

// begin calls Run with work that needs cleanup to end after its context has, and then
// returns result. It works for a day if nobody stops it.
func begin(ctx context.Context, r *running, cleanup time.Duration, result error) {
	r.began = time.Now()
	r.workEnds = make(chan struct{})
	go func() {
		r.err = Run(ctx, &r.keys, func(ctx context.Context) error {
			r.calls.Add(1)
			r.deaf.Store(r.keys.registered() == 0)
			r.context.Store(judgedContext{ctx})
			select {
			case <-ctx.Done():
				time.Sleep(cleanup)
			case <-time.After(24 * time.Hour):
			case <-r.workEnds:
			}
			r.ended.Store(true)
			return result
		})
		r.left.Store(int32(r.keys.registered()))
		r.took = time.Since(r.began)
		r.over.Store(true)
	}()
	synctest.Wait()
}

func (r *running) cause() error {
	if c, ok := r.context.Load().(judgedContext); ok {
		return context.Cause(c)
	}
	return nil
}

// afterwards waits for the end of everything, and fails t for what goes for every end.
func (r *running) afterwards(t *testing.T) {
	t.Helper()
	if r.keys.gap {
		t.Fatal("Run asks for signals again after it had asked for their end: one that comes between the two has its usual effect, and ends the process")
	}
	if n := r.keys.registered(); n > 0 {
		t.Fatal("Run has returned, and signals still go to its channel, where nobody reads them: from now on the program cannot be interrupted")
	}
	if r.left.Load() > 0 {
		t.Fatal("when Run returned, signals still went to its channel: it had asked for the end of that, and not waited until it was so")
	}
	if r.cause() == nil {
		t.Fatal("leak: Run has returned, and the context of work has not ended")
	}
	time.Sleep(48 * time.Hour)
	if n := r.calls.Load(); n != 1 {
		t.Fatalf("work was run %d times: want once", n)
	}
}

func TestWorkEnds(t *testing.T) {
	for _, want := range []error{nil, errors.New("disk full")} {
		probe.Bubble(t, func(t *testing.T) {
			var r running
			begin(t.Context(), &r, 0, want)
			time.Sleep(time.Minute)
			switch {
			case r.over.Load():
				t.Fatal("nobody has pressed a key, work goes on, and Run has returned")
			case r.calls.Load() == 0:
				t.Fatal("work was never run")
			}
			close(r.workEnds)
			synctest.Wait()
			switch {
			case !r.over.Load():
				t.Fatal("work has returned, and Run has not")
			case r.err != want:
				t.Fatalf("work returned %v, and Run returned %v: want that very error", want, r.err)
			}
			r.afterwards(t)
		})
	}
}

func TestFirstKey(t *testing.T) {
	for _, key := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		for _, want := range []error{nil, errors.New("stopped in the middle")} {
			probe.Bubble(t, func(t *testing.T) {
				var r running
				begin(t.Context(), &r, 30*time.Hour, want) // whoever is patient presses no second key
				time.Sleep(time.Minute)
				r.keys.press(key)
				synctest.Wait()
				switch {
				case r.keys.fatal > 0:
					t.Fatalf("nobody had asked for the signal %q: it ends the process at once, without any clean-up", key)
				case r.over.Load() && !r.ended.Load():
					t.Fatalf("leak: after the first signal, %q, Run returned at once, with %v: work was still cleaning up", key, r.err)
				case r.cause() == nil:
					t.Fatalf("the signal %q came, and the context of work has not ended: nobody tells it to stop", key)
				}
				if why, ok := r.cause().(*Interrupted); !ok || why.Signal != key {
					t.Fatalf("the signal %q came, and the cause of the context of work is %q: want an *Interrupted with that signal", key, r.cause())
				}
				time.Sleep(29 * time.Hour)
				if r.over.Load() {
					t.Fatalf("leak: there was one signal, nobody pressed a second key, and Run returned %v after %v: work was still cleaning up", r.err, r.took)
				}
				time.Sleep(2 * time.Hour)
				switch {
				case !r.over.Load():
					t.Fatal("work has returned after the first signal, and Run has not")
				case r.took != time.Minute+30*time.Hour:
					t.Fatalf("work returned after %v, and Run after %v", time.Minute+30*time.Hour, r.took)
				case r.err != want:
					t.Fatalf("work was asked to stop and returned %v, and Run returned %v: want that very error", want, r.err)
				}
				r.afterwards(t)
			})
		}
	}
}

func TestSecondKey(t *testing.T) {
	for _, keys := range [][2]os.Signal{{os.Interrupt, os.Interrupt}, {os.Interrupt, syscall.SIGTERM}, {syscall.SIGTERM, os.Interrupt}} {
		probe.Bubble(t, func(t *testing.T) {
			var r running
			begin(t.Context(), &r, 3*time.Hour, nil) // the clean-up hangs
			time.Sleep(time.Minute)
			r.keys.press(keys[0])
			time.Sleep(10 * time.Second)
			if r.over.Load() {
				t.Fatalf("leak: there was one signal, and Run returned %v while work was still cleaning up", r.err)
			}
			r.keys.press(keys[1])
			synctest.Wait()
			switch {
			case !r.over.Load() && r.keys.fatal == 0:
				t.Fatalf("the second key does nothing: %q and %q were pressed, work hangs in its clean-up, and Run waits for it", keys[0], keys[1])
			case !r.over.Load():
				t.Fatalf("nobody was registered any more when the second key, %q, was pressed: it ends the process, and who called Run has nothing more to say", keys[1])
			case r.err != ErrKilled:
				t.Fatalf("two keys were pressed, and Run returned %v: want ErrKilled, that very error", r.err)
			case r.ended.Load():
				t.Fatal("work has ended too early: the judge is confused")
			}
			r.afterwards(t)
		})
	}
}

// The key is pressed before anybody has had the time to receive it.
func TestKeyAtOnce(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		r := running{keys: keyboard{atOnce: os.Interrupt}}
		begin(t.Context(), &r, 5*time.Second, nil)
		switch {
		case r.keys.notified == 0:
			t.Fatal("Run did not ask for any signals")
		case r.over.Load() && !r.ended.Load():
			t.Fatalf("leak: there was one signal, and Run returned %v while work was still cleaning up", r.err)
		case !r.over.Load() && r.cause() == nil:
			close(r.workEnds)
			t.Fatal("a signal is lost: it came right after Notify, when nobody was receiving yet, and found no room in the channel")
		}
		time.Sleep(time.Hour)
		r.afterwards(t)
	})
}

func TestListensBeforeItWorks(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		r := running{keys: keyboard{takes: time.Second}}
		begin(t.Context(), &r, 0, nil)
		time.Sleep(time.Minute)
		if r.deaf.Load() {
			t.Fatal("work had begun, and nobody was registered for signals yet: one that comes then ends the process in the middle of the work")
		}
		close(r.workEnds)
		synctest.Wait()
		r.afterwards(t)
	})
}

func TestOtherSignals(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var r running
		begin(t.Context(), &r, time.Second, nil)
		for _, sig := range []os.Signal{syscall.SIGWINCH, syscall.SIGCHLD, syscall.SIGURG, syscall.SIGHUP} {
			r.keys.press(sig)
			synctest.Wait()
			if r.over.Load() || r.cause() != nil {
				t.Fatalf("the signal %q stopped the work: want only os.Interrupt and syscall.SIGTERM to do so", sig)
			}
		}
		close(r.workEnds)
		synctest.Wait()
		r.afterwards(t)
	})
}

func TestParentEnds(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		type key struct{}
		closing, result := errors.New("closing time"), errors.New("stopped in the middle")
		parent, end := context.WithCancelCause(context.WithValue(t.Context(), key{}, "carried"))
		var r running
		begin(parent, &r, 5*time.Second, result)
		time.Sleep(time.Minute)
		end(closing)
		synctest.Wait()
		switch {
		case r.over.Load():
			t.Fatalf("leak: the context that Run was given ended, and Run returned %v before work had", r.err)
		case r.cause() != closing:
			t.Fatalf("the context that Run was given ended because of %q, and the cause of that of work is %v", closing, r.cause())
		case r.context.Load().(judgedContext).Value(key{}) != "carried":
			t.Fatal("the context of work does not carry the values of the one that Run was given")
		}
		time.Sleep(time.Hour)
		switch {
		case !r.over.Load():
			t.Fatal("work has returned after the end of its context, and Run has not")
		case r.err != result:
			t.Fatalf("work returned %v, and Run returned %v: want that very error", result, r.err)
		}
		r.afterwards(t)
	})
}

func TestParentEndsThenTwoKeys(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		parent, end := context.WithCancel(t.Context())
		var r running
		begin(parent, &r, 3*time.Hour, nil)
		end()
		for range 2 {
			synctest.Wait()
			if r.over.Load() {
				t.Fatalf("leak: fewer than two signals have come, and Run returned %v before work had", r.err)
			}
			r.keys.press(os.Interrupt)
		}
		synctest.Wait()
		if !r.over.Load() || r.err != ErrKilled {
			t.Fatal("the context of work had ended for another reason, two keys were pressed, and Run goes on waiting: want ErrKilled")
		}
		r.afterwards(t)
	})
}
