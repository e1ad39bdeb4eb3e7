package upgrade

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// The table of these tests holds readers in the middle until others are there too, if they
// can get there.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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

func TestMakesWhatIsMissing(t *testing.T) {
	for _, made := range []string{"made", ""} {
		probe.Bubble(t, func(t *testing.T) {
			table := NewTable()
			table.Write("old", "before New")
			makes := 0
			c := New(table, func(string) string {
				makes++
				return made
			})
			if got := c.Get("old"); got != "before New" || makes > 0 {
				t.Fatalf("%q was in the table, Get returned %q, and make was called %d times", "before New", got, makes)
			}
			for range 2 {
				var got string
				if !returns(func() { got = c.Get("new") }) {
					t.Fatal("deadlock: Get waits for ever at a key that is missing: who has the lock as a reader does not get it as a writer, for he waits for himself to leave")
				}
				if got != made {
					t.Fatalf("make returned %q, and Get returned %q", made, got)
				}
			}
			switch value, ok := table.Read("new"); {
			case makes > 1 && made == "":
				t.Fatal("the value is the empty string, and it was made again: that is a value, too")
			case makes > 1:
				t.Fatalf("the value was made again although it is there: %d times for 2 calls of Get", makes)
			case !ok || value != made:
				t.Fatalf("make returned %q, and it is not in the table", made)
			}
		})
	}
}

// Two miss the same key at the same time. If both may look before one has written, they do.
func TestMissedByTwo(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		table := NewTable()
		var p probe.Point
		table.afterRead = func(string) { p.Here() }
		var makes atomic.Int32
		c := New(table, func(string) string { return fmt.Sprint("made ", makes.Add(1)) })
		var got [2]string
		var both sync.WaitGroup
		for i := range got {
			both.Go(func() { got[i] = c.Get("key") })
		}
		both.Wait()
		switch {
		case makes.Load() > 1:
			t.Fatalf("made twice: two missed the same key at the same time, and the second did not look again when he could write%s", p.Place())
		case got[0] != got[1]:
			t.Fatalf("two asked for the same key, and got %q and %q", got[0], got[1])
		}
	})
}

func TestReadersDoNotWait(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		table := NewTable()
		table.Write("a", "1")
		table.Write("b", "2")
		var p probe.Point
		table.afterRead = func(string) { p.Here() }
		c := New(table, func(string) string { return "made" })
		var both sync.WaitGroup
		both.Go(func() { c.Get("a") })
		both.Go(func() { c.Get("b") })
		both.Wait()
		switch {
		case p.Came() < 2:
			t.Fatal("two asked for keys that are in the table, and it was not read by both")
		case p.Met() == 0:
			t.Fatal("readers wait for each other: two keys are in the table, and only one was read at a time")
		}
	})
}

// Somebody reads, and is held in the middle until all others cannot go on. One of them
// misses a key.
func TestWriterIsAlone(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		table := NewTable()
		table.Write("there", "1")
		table.afterRead = func(key string) {
			if key == "there" {
				new(probe.Point).Here()
			}
		}
		c := New(table, func(string) string { return "made" })
		var all sync.WaitGroup
		all.Go(func() { c.Get("there") })
		for i := range 3 {
			all.Go(func() { c.Get(fmt.Sprint("missing ", i)) })
		}
		all.Wait() // the table panics if somebody is not alone
	})
}

// Somebody writes, and is held before it until all others cannot go on.
func TestReaderStaysOutside(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		table := NewTable()
		table.Write("there", "1")
		table.beforeWrite = func(string) { new(probe.Point).Here() }
		c := New(table, func(string) string { return "made" })
		var all sync.WaitGroup
		for _, key := range []string{"missing", "there", "another", "there"} {
			all.Go(func() { c.Get(key) })
		}
		all.Wait() // the table panics if somebody is not alone
	})
}

func TestMakePanics(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		table := NewTable()
		table.Write("there", "1")
		makes := 0
		c := New(table, func(string) string {
			makes++
			if makes == 1 {
				panic("no such key")
			}
			return "made"
		})
		var recovered any
		if !returns(func() {
			defer func() { recovered = recover() }()
			c.Get("key")
		}) {
			t.Fatal("deadlock: make panicked, and Get never returned")
		}
		if recovered != "no such key" {
			t.Fatalf("the panic is lost: make panicked, and what came out of Get is the panic %v", recovered)
		}
		if value, written := table.Read("key"); written {
			t.Fatalf("make panicked, and %q is in the table: it was written before there was a value", value)
		}
		var old, got string
		if !returns(func() { old = c.Get("there"); got = c.Get("key") }) {
			t.Fatal("deadlock: make panicked once, and the next call of Get waits for ever: the cache stays locked")
		}
		if makes == 1 {
			t.Fatal("a panic counts as done: make panicked once, and was not called again by the next Get of that key")
		}
		if old != "1" || got != "made" || makes != 2 {
			t.Fatalf("make panicked once and then returned %q, and Get returned %q; for a key that was there it returned %q; make was called %d times", "made", got, old, makes)
		}
	})
}

// Three miss the same key at the same time. make panics when the others cannot go on.
func TestMakePanicsWhileOthersWait(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var makes, panics, over atomic.Int32
		c := New(NewTable(), func(string) string {
			n := makes.Add(1)
			new(probe.Point).Here()
			if n == 1 {
				panic("no such key")
			}
			return "made"
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
				if got := c.Get("key"); got != "made" {
					t.Errorf("make panicked, and who had waited for it got %q: nothing was made, so he makes it himself", got)
				}
			}()
		}
		synctest.Wait() // until nobody can go on
		switch {
		case over.Load() < n:
			t.Fatalf("deadlock: make panicked, and %d of those who had waited for it wait for ever", n-over.Load())
		case panics.Load() != 1:
			t.Fatalf("make panicked once, and %d of %d calls of Get did: want the one that called it", panics.Load(), n)
		}
	})
}

// The table is read in each call.
func TestRemembersNothing(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		table := NewTable()
		table.Write("there", "1")
		c := New(table, func(string) string { return "made" })
		for _, key := range []string{"there", "missing"} {
			c.Get(key)
			reads := 0
			table.afterRead = func(string) { reads++ }
			if c.Get(key); reads == 0 {
				t.Fatal("the second Get of a key did not read the table: the cache remembers, and the table is to be the only memory")
			}
			table.afterRead = nil
		}
	})
}

func TestManyAtTheSameTime(t *testing.T) {
	for range 50 {
		probe.Bubble(t, func(t *testing.T) {
			table := NewTable()
			table.afterRead = func(string) { runtime.Gosched() }
			var makes atomic.Int32
			c := New(table, func(key string) string {
				makes.Add(1)
				return "of " + key
			})
			var all sync.WaitGroup
			for i := range 24 {
				all.Go(func() {
					for j := range 6 {
						key := fmt.Sprint("key ", (i+j)%6)
						if got := c.Get(key); got != "of "+key {
							t.Errorf("for %q Get returned %q", key, got)
						}
					}
				})
			}
			all.Wait()
			if n := makes.Load(); n != 6 {
				t.Fatalf("24 goroutines asked for the same 6 keys, and make was called %d times", n)
			}
		})
	}
}
