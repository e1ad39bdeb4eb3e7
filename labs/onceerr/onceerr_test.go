package onceerr

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// The loads of these tests hold whoever is inside until nobody else can go on: who may come in
// at the same time is there by then.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errDown = errors.New("server is down")

// returns reports whether f comes to its end, or waits when nobody else can go on.
func returns(f func()) bool {
	var done atomic.Bool
	go func() {
		f()
		done.Store(true)
	}()
	new(probe.Point).Here() // returns when nobody else can run
	return done.Load()
}

func TestLoadsOnce(t *testing.T) {
	for _, value := range []string{"loaded", ""} {
		probe.Bubble(t, func(t *testing.T) {
			loads := 0
			get := Once(func() (string, error) {
				loads++
				return value, nil
			})
			if loads > 0 {
				t.Fatal("Once has called load, and nobody has asked for the value yet")
			}
			for range 3 {
				got, err := get()
				switch {
				case err != nil:
					t.Fatalf("load returned %q and nil, and get returned the error %v", value, err)
				case got != value:
					t.Fatalf("load returned %q, and get returned %q", value, got)
				}
			}
			switch {
			case loads > 1 && value == "":
				t.Fatal("load returned the empty string, and was called again: that is a value, too")
			case loads > 1:
				t.Fatalf("load was called again although there is a value: %d times for 3 calls of get", loads)
			}
		})
	}
}

func TestTriesAgain(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		loads := 0
		get := Once(func() (string, error) {
			loads++
			if loads < 3 {
				return "half", errDown
			}
			return "loaded", nil
		})
		for try := 1; try < 3; try++ {
			got, err := get()
			switch {
			case err == nil && try == 1:
				t.Fatalf("load failed, and get returned %q and nil", got)
			case err == nil:
				t.Fatalf("the error is lost: load failed once, and the next call of get returned %q and nil, without a value", got)
			case err != errDown:
				t.Fatalf("load failed, and get returned the error %v: want that of load as it is, %q", err, errDown)
			case got != "":
				t.Fatalf("load failed, and get returned %q beside the error: want nothing", got)
			case loads < try:
				t.Fatal("the error is kept for ever: load failed once, and was not called again by the next call of get")
			case loads > try:
				t.Fatalf("one call of get called load %d times: want once, whatever it returns", loads-try+1)
			}
		}
		for range 2 {
			if got, err := get(); got != "loaded" || err != nil {
				t.Fatalf("load failed twice and then returned %q and nil, but get returned %q and the error %v", "loaded", got, err)
			}
		}
		if loads > 3 {
			t.Fatalf("load was called again although there is a value: %d times", loads)
		}
	})
}

// Three ask at the same time. As long as another one can come into load, the first is in it.
func TestOneAtATime(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var inside probe.Meter
		var loads atomic.Int32
		get := Once(func() (string, error) {
			defer inside.Enter()()
			new(probe.Point).Here()
			loads.Add(1)
			return "loaded", nil
		})
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				if got, err := get(); got != "loaded" || err != nil {
					t.Errorf("did not wait: three asked at the same time, load returned %q, and one of them got %q and the error %v", "loaded", got, err)
				}
			})
		}
		all.Wait()
		switch n := loads.Load(); {
		case inside.Max() > 1:
			t.Fatalf("%d calls of load were under way at the same time: want one, and the others wait for it", inside.Max())
		case n > 1:
			t.Fatalf("load was called again although there is a value: who had waited for it did not look again, and loaded, too: %d times", n)
		}
	})
}

// Four ask at the same time. The first load fails, the second one does not.
func TestWhoWaitedTriesItself(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var inside probe.Meter
		var loads atomic.Int32
		get := Once(func() (string, error) {
			defer inside.Enter()()
			new(probe.Point).Here()
			if loads.Add(1) == 1 {
				return "", errDown
			}
			return "loaded", nil
		})
		var failed atomic.Int32
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				switch got, err := get(); {
				case err == errDown:
					failed.Add(1)
				case err != nil || got != "loaded":
					t.Errorf("the error is lost: one load failed, then one returned %q, but get returned %q and the error %v", "loaded", got, err)
				}
			})
		}
		all.Wait()
		switch n := failed.Load(); {
		case t.Failed():
		case inside.Max() > 1:
			t.Fatalf("%d calls of load were under way at the same time, after one had failed: want one after another", inside.Max())
		case n > 1:
			t.Fatalf("one call of load failed, and %d calls of get returned its error: who has only waited tries itself", n)
		case n == 0:
			t.Fatal("one call of load failed, and no call of get returned its error: want the one that called it")
		case loads.Load() > 2:
			t.Fatalf("load was called again although there is a value: %d times", loads.Load())
		}
	})
}

func TestPanics(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		loads := 0
		get := Once(func() (string, error) {
			loads++
			if loads == 1 {
				panic("bad configuration")
			}
			return "loaded", nil
		})
		var recovered any
		if !returns(func() {
			defer func() { recovered = recover() }()
			get()
		}) {
			t.Fatal("deadlock: load panicked, and get never returned")
		}
		if recovered != "bad configuration" {
			t.Fatalf("the panic is lost: load panicked, and what came out of get is the panic %v", recovered)
		}
		var got string
		var err error
		if !returns(func() {
			defer func() { recovered = recover() }()
			recovered = nil
			got, err = get()
		}) {
			t.Fatal("deadlock: load panicked once, and the next call of get waits for ever")
		}
		switch {
		case recovered != nil || loads < 2:
			t.Fatal("a panic counts as done: load panicked once, and was not called again by the next call of get")
		case got != "loaded" || err != nil:
			t.Fatalf("load panicked once and then returned %q and nil, but get returned %q and the error %v", "loaded", got, err)
		}
	})
}

// Three ask at the same time. The first load panics when the others cannot go on.
func TestPanicsWhileOthersWait(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var loads, panics, over atomic.Int32
		get := Once(func() (string, error) {
			n := loads.Add(1)
			new(probe.Point).Here()
			if n == 1 {
				panic("bad configuration")
			}
			return "loaded", nil
		})
		const n = 3
		for range n {
			go func() {
				defer over.Add(1)
				defer func() {
					if recover() != nil {
						panics.Add(1)
					}
				}()
				if got, err := get(); got != "loaded" || err != nil {
					t.Errorf("a panic counts as done: load panicked, and who had waited for it got %q and the error %v: he loads himself", got, err)
				}
			}()
		}
		synctest.Wait() // until nobody can go on
		switch {
		case over.Load() < n:
			t.Fatalf("deadlock: load panicked, and %d of those who had waited for it wait for ever", n-over.Load())
		case panics.Load() != 1:
			t.Fatalf("load panicked once, and %d of %d calls of get did: want the one that called it", panics.Load(), n)
		}
	})
}

func TestIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var p probe.Point
		var both sync.WaitGroup
		for _, value := range []string{"one", "two"} {
			get := Once(func() (string, error) {
				p.Here()
				return value, nil
			})
			both.Go(func() {
				if got, _ := get(); got != value {
					t.Errorf("two functions that Once has made have their value in common: want %q, got %q", value, got)
				}
			})
		}
		both.Wait()
		if !t.Failed() && p.Met() == 0 {
			t.Fatal("two functions that Once has made wait for each other: they must not have one lock between them")
		}
	})
}

// Many ask, before there is a value and after it.
func TestManyAtTheSameTime(t *testing.T) {
	for range 50 {
		probe.Bubble(t, func(t *testing.T) {
			var loads atomic.Int32
			get := Once(func() (string, error) {
				if loads.Add(1) <= 3 {
					return "", errDown
				}
				return "loaded", nil
			})
			var failed atomic.Int32
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() {
					if got, err := get(); err != nil {
						failed.Add(1)
					} else if got != "loaded" {
						t.Errorf("load returned %q, and get returned %q and nil", "loaded", got)
					}
				})
			}
			all.Wait()
			if loads.Load() != 4 || failed.Load() != 3 {
				t.Fatalf("20 asked, load failed 3 times and then worked: it was called %d times, and %d calls of get failed", loads.Load(), failed.Load())
			}
		})
	}
}
