package rightframe

import (
	"errors"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// The judge has frames of its own around everything that may panic: what gets as far as
// them was not stopped by the answer. In a goroutine of the answer's that is not possible,
// so there the value of the panic says what went wrong.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// panicsPast calls f, and reports whether a panic comes out of it, and which.
func panicsPast(f func()) (value any, escaped bool) {
	escaped = true
	defer func() { value = recover() }()
	f()
	return nil, false
}

// callsCatch is a function as Catcher has it. It returns before, or panics with value.
func callsCatch(before error, value any, panics bool) (err error) {
	defer Catch(&err)
	err = before
	if panics {
		panic(value)
	}
	return err
}

// mustBePanic fails t unless err is a *Panic with this value.
func mustBePanic(t *testing.T, who string, err error, value any) {
	t.Helper()
	p, direct := err.(*Panic)
	switch {
	case err == nil:
		t.Fatalf("the panic is lost: %s stopped it, and there is no error that says so", who)
	case !direct && errors.As(err, &p):
		t.Fatalf("%s wrapped the *Panic in another error, %q: want the *Panic itself", who, err)
	case !direct:
		t.Fatalf("%s turned the panic into the error %q of type %T: want a *Panic, which keeps the value", who, err, err)
	case p == nil:
		t.Fatalf("%s returned a nil *Panic", who)
	case p.Value != value:
		t.Fatalf("the panic had the value %v (%T), and the *Panic of %s has %v (%T): want that very value", value, value, who, p.Value, p.Value)
	}
}

func TestCatchStopsThePanic(t *testing.T) {
	type own struct{ n int }
	for _, value := range []any{"out of paper", errors.New("disk full"), 42, &own{7}} {
		var err error
		if _, escaped := panicsPast(func() { err = callsCatch(nil, value, true) }); escaped {
			t.Fatalf("panic: Catch was deferred, and the panic went past it: recover stops a panic only in the very function that was deferred, " +
				"not in one that it calls or defers in turn")
		}
		mustBePanic(t, "Catch", err, value)
		if err := callsCatch(errors.New("an error from before"), value, true); err != nil {
			mustBePanic(t, "Catch", err, value)
		}
	}
}

// What the runtime panics with is a panic like any other.
func TestCatchStopsTheRuntimesPanics(t *testing.T) {
	for _, tt := range []struct {
		name string
		f    func()
	}{
		{"nil map", func() { judgeCounts(nil, "a") }},
		{"index", func() { var s []int; _ = s[len(s)] }},
		{"nil", func() { panic(nil) }},
	} {
		var got error
		value, escaped := panicsPast(func() {
			got = func() (err error) {
				defer Catch(&err)
				tt.f()
				return nil
			}()
		})
		if escaped {
			t.Fatalf("panic: Catch let a panic of the runtime through (%s): %v", tt.name, value)
		}
		if p, ok := got.(*Panic); !ok {
			t.Fatalf("a panic of the runtime (%s) became the error %v: want a *Panic", tt.name, got)
		} else if _, ok := p.Value.(error); !ok {
			t.Fatalf("the runtime panics with errors (%s), and the *Panic has the value %v (%T): want that very value", tt.name, p.Value, p.Value)
		}
	}
}

func judgeCounts(m map[string]int, word string) { m[word]++ }

func TestCatchWithoutPanic(t *testing.T) {
	if err := callsCatch(nil, nil, false); err != nil {
		t.Fatalf("nobody panicked, and Catch set the error to %q: want it left as it was, nil", err)
	}
	boom := errors.New("disk full")
	if err := callsCatch(boom, nil, false); err != boom {
		t.Fatalf("nobody panicked, and Catch changed the error %q to %v: want it left as it was", boom, err)
	}
}

func TestAllCallsEveryFunction(t *testing.T) {
	var called []int
	var functions []func()
	for i := range 6 {
		functions = append(functions, func() {
			called = append(called, i)
			if i%2 == 1 {
				panic(i)
			}
		})
	}
	var errs []error
	if value, escaped := panicsPast(func() { errs = All(functions...) }); escaped {
		t.Fatalf("panic: function %v of 6 panicked, and the panic went through All to its caller", value)
	}
	switch want := []int{0, 1, 2, 3, 4, 5}; {
	case len(called) < 6:
		t.Fatalf("function 1 of 6 panicked, and then only %d were called at all: a panic that is stopped ends the frame that deferred, so a loop in that frame is over", len(called))
	case len(called) > 6:
		t.Fatalf("All was given 6 functions and made %d calls: want each called once", len(called))
	case !slices.Equal(called, want):
		t.Fatalf("All called the functions in the order %v: want that of its arguments", called)
	case len(errs) != 6:
		t.Fatalf("All was given 6 functions and returned %d errors: want one element for each", len(errs))
	}
	for i, err := range errs {
		if i%2 == 1 {
			mustBePanic(t, "All", err, i)
		} else if err != nil {
			t.Fatalf("function %d returned, and All has the error %q for it", i, err)
		}
	}
}

func TestAllIsOneAfterAnother(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var m probe.Meter
		second := func() {
			defer m.Enter()()
			time.Sleep(time.Second)
		}
		All(second, second, second)
		if m.Entered() != 3 || m.Max() != 1 || m.Inside() != 0 {
			t.Fatalf("All called %d of 3 functions, up to %d at the same time: want one after another", m.Entered(), m.Max())
		}
	})
}

func TestNothing(t *testing.T) {
	if n := len(All()) + len(Together()); n != 0 {
		t.Fatalf("no functions, and %d errors", n)
	}
}

// valueUnstopped is what the functions of Together panic with, each with another.
const valueUnstopped = "nobody stopped this panic in the goroutine that panicked: a recover in the one that started it is no use"

func TestTogether(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		const n = 8
		var m probe.Meter
		var ended atomic.Int32
		var functions []func()
		for i := range n { // the last argument is the first to end
			functions = append(functions, func() {
				defer m.Enter()()
				time.Sleep(time.Duration(n-i) * time.Second)
				ended.Add(1)
				if i%2 == 1 {
					panic(valueUnstopped)
				}
			})
		}
		start := time.Now()
		var errs []error
		value, escaped := panicsPast(func() { errs = Together(functions...) })
		took := time.Since(start)
		switch {
		case escaped && value == valueUnstopped && m.Max() < 2:
			t.Fatalf("panic: a function panicked, and the panic went through Together to its caller: %v", value)
		case escaped:
			t.Fatalf("panic: Together panicked itself: %v", value)
		case m.Max() < n && m.Entered() == n:
			t.Fatalf("Together called %d functions, and never more than %d ran at the same time: want all, each in a goroutine of its own", n, m.Max())
		case m.Entered() != n:
			t.Fatalf("Together was given %d functions and made %d calls", n, m.Entered())
		case ended.Load() < n:
			t.Fatalf("leak: Together returned while %d of its %d functions were still running", n-ended.Load(), n)
		case took != n*time.Second:
			t.Fatalf("the longest function took %ds, but Together %v", n, took)
		case len(errs) != n:
			t.Fatalf("Together was given %d functions and returned %d errors: want one element for each, nil for those that returned", n, len(errs))
		}
		var panicked []int
		for i, err := range errs {
			if err != nil {
				mustBePanic(t, "Together", err, valueUnstopped)
				panicked = append(panicked, i)
			}
		}
		switch want := []int{1, 3, 5, 7}; {
		case slices.Equal(panicked, want):
		case len(panicked) == 0:
			t.Fatal("the panic is lost: four functions panicked, and Together returned no error")
		case slices.Equal(panicked, []int{0, 2, 4, 6}):
			t.Fatal("Together returned the errors in the order in which the functions ended: want the order of its arguments")
		default:
			t.Fatalf("functions %v panicked, and Together has errors at %v: want each at the place of its function", want, panicked)
		}
	})
}

// Every function panics at the same instant, each with another value.
func TestTogetherAtOnce(t *testing.T) {
	for range 50 {
		probe.Bubble(t, func(t *testing.T) {
			var functions []func()
			for i := range 10 {
				functions = append(functions, func() { panic(i) })
			}
			errs := Together(functions...)
			if len(errs) != 10 {
				t.Fatalf("Together was given 10 functions and returned %d errors: want one element for each", len(errs))
			}
			for i, err := range errs {
				p, ok := err.(*Panic)
				if !ok {
					t.Fatalf("function %d panicked, and Together has the error %v for it", i, err)
				}
				if p.Value != i {
					t.Fatalf("function %d panicked with %d, and Together has the value %v at its place: want the panic of that very function", i, i, p.Value)
				}
			}
		})
	}
}

// Who keeps a result may call again: the one is not written over by the other.
func TestNobodyPanics(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		quiet := func() {}
		loud := func() { panic(valueUnstopped) }
		for _, tt := range []struct {
			name string
			call func(...func()) []error
		}{{"All", All}, {"Together", Together}} {
			name, call := tt.name, tt.call
			before := call(quiet, quiet, quiet)
			if len(before) != 3 {
				t.Fatalf("%s was given 3 functions, none of which panicked, and returned %d errors: want one element for each, nil", name, len(before))
			}
			if value, escaped := panicsPast(func() { call(loud, loud) }); escaped {
				t.Fatalf("panic: a function panicked, and the panic went through %s to its caller: %v", name, value)
			}
			for i, err := range before {
				if err != nil {
					t.Fatalf("function %d returned, and %s has the error %v for it, or had it after it was called again", i, name, err)
				}
			}
		}
	})
}

// goroutine returns the name of the calling goroutine.
func goroutine() string {
	name, _, _ := strings.Cut(string(debug.Stack()), " [")
	return name
}

func TestTogetherHasGoroutines(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		const n = 100
		names := make([]string, n)
		functions := make([]func(), n)
		for i := range functions {
			functions[i] = func() {
				names[i] = goroutine()
				time.Sleep(time.Second)
			}
		}
		start := time.Now()
		Together(functions...)
		if took := time.Since(start); took != time.Second {
			t.Fatalf("Together was given %d functions of 1s, and took %v: want all at the same time", n, took)
		}
		if slices.Contains(names, goroutine()) {
			t.Fatal("Together called a function in the goroutine of its caller: want each in a goroutine of its own")
		}
		slices.Sort(names)
		if own := len(slices.Compact(names)); own != n {
			t.Fatalf("Together called %d functions in %d goroutines: want each in one of its own", n, own)
		}
	})
}
