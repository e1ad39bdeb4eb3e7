package lostupdate

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"lab.example/gopark/labs/probe"
)

// The stores of these tests have a hook between load and save, at which two meet if the
// counter lets them: what one sees once in a million calls is here seen every time.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a store. Hooks that are nil do nothing.
type fake struct {
	number    atomic.Int64
	loaded    func() // called by Load, when it has read
	saving    func() // called by Save, before it writes
	callsMu   sync.Mutex
	calls     string // "load save "
	remembers bool   // the calls; that orders those who call
}

func (f *fake) Load() int {
	f.called("load ")
	n := f.number.Load()
	if f.loaded != nil {
		f.loaded()
	}
	return int(n)
}

func (f *fake) Save(n int) {
	f.called("save ")
	if f.saving != nil {
		f.saving()
	}
	f.number.Store(int64(n))
}

func (f *fake) called(what string) {
	if f.remembers {
		f.callsMu.Lock()
		defer f.callsMu.Unlock()
		f.calls += what
	}
}

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

func TestOneAfterAnother(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var f fake
		f.remembers = true
		f.number.Store(40)
		c := New(&f)
		f.calls = ""
		got := c.Add(2)
		calls := f.calls
		switch {
		case f.number.Load() == 40:
			t.Fatal("Add returned, and the sum is not in the store yet")
		case f.number.Load() != 42:
			t.Fatalf("40 was in the store and 2 was added: now %d is there", f.number.Load())
		case got != 42:
			t.Fatalf("40 was in the store and 2 was added: Add returned %d", got)
		case calls == "load save load ":
			t.Fatal("Add loads again what it has just saved: by then the sum may be that of somebody else's turn")
		case calls != "load save ":
			t.Fatalf("for one Add the calls of the store were %q: want one load, then one save", calls)
		case c.Value() != 42:
			t.Fatalf("42 is in the store, but Value returned %d", c.Value())
		}
		f.number.Store(100)
		if got := c.Value(); got != 100 {
			t.Fatalf("the number in the store was changed to 100, but Value remembers %d", got)
		}
		if got := c.Add(-1); got != 99 {
			t.Fatalf("the number in the store was changed to 100, but Add(-1) remembers another and returned %d", got)
		}
	})
}

// Two add at the same time. If both may load before one has saved, they do.
func TestTwoAtTheSameTime(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var p probe.Point
		f := fake{loaded: p.Here}
		c := New(&f)
		var both sync.WaitGroup
		var sums [2]int
		for i := range sums {
			both.Go(func() { sums[i] = c.Add(1) })
		}
		both.Wait()
		switch {
		case p.Met() > 0:
			t.Fatalf("an update is lost: two goroutines added 1 each, both loaded 0 before either had saved, and now %d is in the store%s", f.number.Load(), p.Place())
		case f.number.Load() != 2:
			t.Fatalf("an update is lost: two goroutines added 1 each, and now %d is in the store", f.number.Load())
		case sums != [2]int{1, 2} && sums != [2]int{2, 1}:
			t.Fatalf("two goroutines added 1 each to 0, and Add returned %d and %d: want 1 and 2", sums[0], sums[1])
		}
	})
}

// A slow store, and five who add. A lock that somebody has waited for in vain for a
// millisecond is handed over in turn (sync.Mutex in Go 1.26), so who opens it in the middle
// does not get it back at once.
func TestSlowStore(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		const n = 5
		slow := func() {
			new(probe.Point).Here() // until the others cannot go on
			unix.Poll(nil, 2)       // milliseconds of real time
		}
		f := fake{loaded: slow, saving: slow}
		c := New(&f)
		var all sync.WaitGroup
		for range n {
			all.Go(func() { c.Add(1) })
		}
		all.Wait()
		if got := f.number.Load(); got != n {
			t.Fatalf("an update is lost: %d goroutines added 1 each, and now %d is in the store: somebody got in between load and save", n, got)
		}
	})
}

func TestManyAtTheSameTime(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		const n = 50
		f := fake{loaded: runtime.Gosched, saving: runtime.Gosched}
		c := New(&f)
		var all sync.WaitGroup
		var sums [n]int
		for i := range n {
			all.Go(func() { sums[i] = c.Add(1) })
		}
		all.Wait()
		seen := make(map[int]bool)
		for _, sum := range sums {
			if seen[sum] || sum < 1 || sum > n {
				t.Fatalf("%d goroutines added 1 each, and not every Add got the sum at its own turn: one returned %d", n, sum)
			}
			seen[sum] = true
		}
		if f.number.Load() != n {
			t.Fatalf("an update is lost: %d goroutines added 1 each, and now %d is in the store", n, f.number.Load())
		}
	})
}

func TestCountersDoNotWait(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var p probe.Point
		var both sync.WaitGroup
		for range 2 {
			c := New(&fake{loaded: p.Here})
			both.Go(func() { c.Add(1) })
		}
		both.Wait()
		if p.Met() == 0 {
			t.Fatal("two counters of different stores wait for each other: they must not have one lock between them")
		}
	})
}

func TestStorePanics(t *testing.T) {
	for _, when := range []string{"load", "save"} {
		t.Run(when, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				var f fake
				broken := func() { panic("no connection") }
				if when == "load" {
					f.loaded = broken
				} else {
					f.saving = broken
				}
				c := New(&f)
				var recovered any
				if !returns(func() {
					defer func() { recovered = recover() }()
					c.Add(1)
				}) {
					t.Fatal("deadlock: the store panicked, and Add never returned")
				}
				if recovered != "no connection" {
					t.Fatalf("the panic is lost: the store panicked, and what came out of Add is the panic %v", recovered)
				}
				f.loaded, f.saving = nil, nil
				if !returns(func() { c.Add(1) }) {
					t.Fatal("deadlock: the counter stays locked, because the store panicked once: the next Add waits for ever")
				}
				if f.number.Load() != 1 {
					t.Fatalf("the store panicked once, then 1 was added: now %d is in the store", f.number.Load())
				}
			})
		})
	}
}

// Somebody asks in the middle of an Add. He may wait, or be told what is in the store.
func TestValueInTheMiddle(t *testing.T) {
	for _, when := range []string{"loaded", "saving"} {
		t.Run(when, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				var f fake
				f.number.Store(40)
				c := New(&f)
				var asked atomic.Bool
				var asking sync.WaitGroup
				var got int
				went := false
				ask := func() {
					if !asked.CompareAndSwap(false, true) {
						return // it is Value that loads
					}
					asking.Add(1)
					went = returns(func() {
						defer asking.Done()
						got = c.Value()
					})
				}
				if when == "loaded" {
					f.loaded = ask
				} else {
					f.saving = ask
				}
				c.Add(2)
				asking.Wait()
				switch {
				case went && got != 40:
					t.Fatalf("40 was in the store, somebody was about to add 2 and had not saved, and Value returned %d: want what is in the store", got)
				case !went && got != 42:
					t.Fatalf("40 was in the store, Value waited for somebody who added 2, and returned %d: want 42", got)
				}
			})
		})
	}
}

// The store panics in a Value, too.
func TestStorePanicsInValue(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		f := fake{loaded: func() { panic("no connection") }}
		c := New(&f)
		var recovered any
		if !returns(func() {
			defer func() { recovered = recover() }()
			c.Value()
		}) {
			t.Fatal("deadlock: the store panicked, and Value never returned")
		}
		if recovered != "no connection" {
			t.Fatalf("the panic is lost: the store panicked, and what came out of Value is the panic %v", recovered)
		}
		f.loaded = nil
		var got int
		if !returns(func() { c.Add(1); got = c.Value() }) {
			t.Fatal("deadlock: the counter stays locked, because the store panicked once in Value: the next call waits for ever")
		}
		if got != 1 {
			t.Fatalf("the store panicked once in Value, then 1 was added: Value returned %d", got)
		}
	})
}

// Three clients add, one asks, and an order of the calls must explain what came out.
func TestHistory(t *testing.T) {
	for range 20 {
		probe.Bubble(t, func(t *testing.T) {
			f := fake{loaded: runtime.Gosched, saving: runtime.Gosched}
			c := New(&f)
			var h probe.History
			var clients sync.WaitGroup
			for client := range 4 {
				clients.Go(func() {
					for range 4 {
						if client == 3 {
							h.Call(client, "Value", func() any { return c.Value() })
							runtime.Gosched()
							continue
						}
						h.Call(client, "Add(1)", func() any { return c.Add(1) })
					}
				})
			}
			clients.Wait()
			h.Check(t, porcupine.Model{
				Init: func() any { return 0 },
				Step: func(state, in, out any) (bool, any) {
					n := state.(int)
					if in == "Add(1)" {
						return out == n+1, n + 1
					}
					return out == n, n
				},
			})
		})
	}
}
