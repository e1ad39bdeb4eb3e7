package panicerr

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time. What panics here says
// in the value what it means if the panic ends the process.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const valueUnstopped = "nobody stopped this panic in the goroutine that panicked, so it ends the process"

// digDeep panics. A stack that is of any use has its name.
//
//go:noinline
func digDeep(value any) { panic(value) }

// whatCame is what one who waits got.
type whatCame struct {
	value    int
	err      error
	panicked any
	returned bool // wait did, with value and err
}

// waitSafely calls wait, and survives it.
func waitSafely(wait func() (int, error)) (o whatCame) {
	defer func() { o.panicked = recover() }()
	o.value, o.err = wait()
	o.returned = true
	return o
}

// outcomeOf waits for f in a goroutine of its own, so that nothing that wait does can end
// the test.
func outcomeOf(t *testing.T, f func() (int, error)) whatCame {
	t.Helper()
	var o whatCame
	over := make(chan struct{})
	wait := Go(f)
	go func() {
		defer close(over)
		o = waitSafely(wait)
	}()
	<-over
	switch {
	case o.panicked != nil:
		t.Fatalf("panic: wait panicked itself, with %v: want an error, which its caller can look at", o.panicked)
	case !o.returned:
		t.Fatal("wait ended the goroutine of its caller, and did not return")
	}
	return o
}

// mustBePanic fails t unless o is a panic, and returns its value.
func mustBePanic(t *testing.T, o whatCame) any {
	t.Helper()
	p, direct := o.err.(*Panic)
	switch {
	case o.err == nil:
		t.Fatalf("the panic is lost: f panicked, and wait returned %d and no error, as if all were well", o.value)
	case o.err == ErrGoexit:
		t.Fatal("f panicked, and wait says that it ended by runtime.Goexit")
	case !direct && errors.As(o.err, &p):
		t.Fatalf("wait wrapped the *Panic in another error, %q: want the *Panic itself", o.err)
	case !direct:
		t.Fatalf("f panicked, and wait returned the error %q of type %T, as if f had returned it: want a *Panic", o.err, o.err)
	case o.value != 0:
		t.Fatalf("f panicked, and wait returned the value %d with the error: want the zero value", o.value)
	case p.Stack == "":
		t.Fatal("the *Panic has no stack: nobody will find out where it happened")
	case strings.Contains(p.Stack, "\ngoroutine "):
		t.Fatal("the stack of the *Panic is that of all goroutines: want the one that panicked, and nothing to search through")
	case !strings.Contains(p.Stack, "digDeep"):
		t.Fatal("the stack of the *Panic is without the function that panicked: its frames are there only in the goroutine that panicked, and only as long as the deferred function runs that recovers")
	}
	return p.Value
}

func TestReturns(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		if o := outcomeOf(t, func() (int, error) { return 42, nil }); o.value != 42 || o.err != nil {
			t.Fatalf("f returned 42 and nil, and wait returned %d and %v", o.value, o.err)
		}
		if o := outcomeOf(t, func() (int, error) { return 0, nil }); o.err != nil {
			t.Fatalf("f returned 0 and nil, and wait returned the error %q: a zero is a result, too", o.err)
		}
		if o := outcomeOf(t, func() (int, error) { time.Sleep(24 * time.Hour); return 42, nil }); o.value != 42 || o.err != nil {
			t.Fatalf("f worked for a day and returned 42 and nil, and wait returned %d and %v", o.value, o.err)
		}
		boom := errors.New("disk full")
		if o := outcomeOf(t, func() (int, error) { return 7, boom }); o.value != 7 || o.err != boom {
			t.Fatalf("f returned 7 and the error %q, and wait returned %d and %v: want just that", boom, o.value, o.err)
		}
	})
}

func TestItIsStartedAtOnce(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var started atomic.Int32
		start := time.Now()
		second := func() (int, error) {
			started.Add(1)
			time.Sleep(time.Second)
			return 1, nil
		}
		first, other := Go(second), Go(second)
		if took := time.Since(start); took != 0 {
			t.Fatalf("Go waited for f: two functions of 1s were started in %v, want no time at all", took)
		}
		synctest.Wait()
		if n := started.Load(); n != 2 {
			t.Fatalf("Go has returned twice, and %d of 2 functions have been started: who starts, and not who waits, makes f begin", n)
		}
		first()
		other()
		if took := time.Since(start); took != time.Second {
			t.Fatalf("two functions of 1s at the same time took %v, want 1s", took)
		}
		if n := started.Load(); n != 2 {
			t.Fatalf("two functions were started, and called %d times", n)
		}
	})
}

func TestPanics(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		o := outcomeOf(t, func() (int, error) {
			digDeep(valueUnstopped)
			return 1, nil
		})
		if v := mustBePanic(t, o); v != valueUnstopped {
			t.Fatalf("the *Panic has the value %v (%T): want that very value with which f panicked, a string", v, v)
		}
	})
}

func TestPanicsWithAnError(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		boom := errors.New("disk full")
		o := outcomeOf(t, func() (int, error) {
			digDeep(boom)
			return 1, nil
		})
		if v := mustBePanic(t, o); v != boom {
			t.Fatalf("the *Panic has the value %v (%T): want that very error with which f panicked", v, v)
		}
	})
}

// The value may itself be a *Panic: somebody has waited for another function, and panicked with
// what that told.
func TestPanicsWithAPanic(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		inner := &Panic{Value: "the other one", Stack: "of the other one, digDeep"}
		o := outcomeOf(t, func() (int, error) {
			digDeep(inner)
			return 1, nil
		})
		if v := mustBePanic(t, o); v != inner {
			t.Fatalf("f panicked with a *Panic, and that is what wait returned, or its value, %v: want another *Panic, with that as its value", v)
		}
	})
}

func TestPanicsWithNil(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		o := outcomeOf(t, func() (int, error) {
			digDeep(nil)
			return 1, nil
		})
		if v, ok := mustBePanic(t, o).(*runtime.PanicNilError); !ok {
			t.Fatalf("f called panic(nil), and the *Panic has the value %v: want what recover returned, a *runtime.PanicNilError", v)
		}
	})
}

func TestGoexit(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var o whatCame
		var over atomic.Bool
		wait := Go(func() (int, error) {
			runtime.Goexit()
			return 1, nil
		})
		go func() {
			defer over.Store(true)
			o = waitSafely(wait)
		}()
		synctest.Wait()
		switch {
		case !over.Load():
			t.Fatal("deadlock: f ended by runtime.Goexit, and who waits for it waits for ever: only deferred functions run then")
		case o.panicked != nil || !o.returned:
			t.Fatalf("panic: f ended by runtime.Goexit, and wait did not return: it panicked with %v, or ended its caller, too", o.panicked)
		case o.err == nil:
			t.Fatalf("f ended by runtime.Goexit and never returned, and wait returned %d and no error, as if all were well", o.value)
		case o.err != ErrGoexit:
			t.Fatalf("f ended by runtime.Goexit, and wait returned the error %q: want ErrGoexit, that very value", o.err)
		case o.value != 0:
			t.Fatalf("f ended by runtime.Goexit, and wait returned the value %d: want the zero value", o.value)
		}
	})
}

// Who waits early, who waits late, and who asks again.
func TestManyWait(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func()
	}{
		{"it returns", func() {}},
		{"it panics", func() { digDeep(valueUnstopped) }},
		{"it exits", runtime.Goexit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				var g probe.Gate
				wait := Go(func() (int, error) {
					g.Wait()
					tt.end()
					return 42, nil
				})
				var mu sync.Mutex
				var all []whatCame
				one := func() {
					o := waitSafely(wait)
					mu.Lock()
					defer mu.Unlock()
					all = append(all, o)
				}
				for range 5 {
					go func() {
						one()
						one()
					}()
				}
				for range 100 {
					runtime.Gosched() // synctest.Wait would not return if some wait for a mutex, which they may
				}
				g.Open()
				synctest.Wait()
				go one()
				synctest.Wait()
				mu.Lock()
				defer mu.Unlock()
				if len(all) != 11 {
					t.Fatalf("deadlock: f has ended, and wait was called 11 times: only %d calls have returned, so its end is told to some and not to all", len(all))
				}
				for _, o := range all {
					if o != all[0] {
						t.Fatalf("one who waited got %d and %v, and another one %d and %v: want the same result for all", all[0].value, all[0].err, o.value, o.err)
					}
				}
			})
		})
	}
}

func TestNobodyWaits(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var ended atomic.Int32
		for _, end := range []func(){func() {}, func() { digDeep(valueUnstopped) }, runtime.Goexit} {
			Go(func() (string, error) {
				defer ended.Add(1)
				end()
				return "nobody reads this", nil
			})
		}
		synctest.Wait()
		if n := ended.Load(); n != 3 {
			t.Fatalf("three functions were started that nobody waits for, and %d have ended", n)
		}
	})
}
