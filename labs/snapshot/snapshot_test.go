package snapshot

import (
	"fmt"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// What is shared shows when somebody writes: these tests write wherever they may, and look
// again at what they were handed before. change is called in the middle of an Update, so
// whatever may happen there, they let happen.

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

// asItIs is what r holds now, for a comparison later.
func asItIs(r Routes) Routes {
	c := make(Routes)
	for host, servers := range r {
		c[host] = append([]string{}, servers...)
	}
	return c
}

// alike reports whether two tables hold the same.
func alike(a, b Routes) bool { return maps.EqualFunc(a, b, slices.Equal[[]string]) }

// threeHosts returns a table with room behind its slices, as append leaves it.
func threeHosts() Routes {
	return Routes{
		"shop": append(make([]string, 0, 8), "s1", "s2"),
		"mail": append(make([]string, 0, 8), "m1"),
		"old":  {},
	}
}

func TestHoldsWhatItIsGiven(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		given := threeHosts()
		b := New(given)
		if got := b.Now(); !alike(got, threeHosts()) {
			t.Fatalf("New was given %v, and Now returned %v", threeHosts(), got)
		}
		given["shop"][0] = "scribble"
		if b.Now()["shop"][0] == "scribble" {
			t.Fatal("the caller of New wrote into a slice of the map that he had handed over, and the book changed: its slices are not copied")
		}
		given["new"] = []string{"n1"}
		if _, there := b.Now()["new"]; there {
			t.Fatal("the caller of New wrote into the map that he had handed over, and the book changed: it is not copied")
		}
	})
}

func TestBeginsEmpty(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		b := New(nil)
		if got, servers := b.Now(), b.Servers("shop"); len(got) > 0 || len(servers) > 0 {
			t.Fatalf("New was given nil, Now returned %v and Servers %v", got, servers)
		}
		for range 2 { // the second begins with an edition that is empty
			b.Update(func(draft Routes) {
				if draft == nil {
					t.Fatal("the book is empty, and the draft is a nil map: nobody can write into that")
				}
				draft["shop"] = []string{"s1"}
				delete(draft, "shop")
			})
		}
		if got := b.Now(); len(got) > 0 {
			t.Fatalf("the only host was deleted from the draft again, and Now returned %v", got)
		}
	})
}

// One Update after another, each of another kind. All editions are kept.
func TestEditionsNeverChange(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		b := New(threeHosts())
		want := threeHosts()
		type edition struct{ handed, was Routes }
		kept := []edition{{b.Now(), asItIs(b.Now())}}
		for i, step := range []struct {
			what   string
			change func(Routes)
		}{
			{"added a host", func(r Routes) { r["blog"] = []string{"b1"} }},
			{"appended to each slice of the draft", func(r Routes) {
				for host := range r {
					r[host] = append(r[host], "another")
				}
			}},
			{"deleted a host", func(r Routes) { delete(r, "old") }},
			{"wrote into a slice of the draft", func(r Routes) { r["shop"][0] = "s9" }},
			{"appended to a slice of the draft", func(r Routes) { r["mail"] = append(r["mail"], "m2") }},
			{"appended to it again", func(r Routes) { r["mail"] = append(r["mail"][:1], "m3") }},
			{"sorted a slice of the draft", func(r Routes) { slices.Sort(r["shop"]) }},
			{"wrote into another slice of the draft", func(r Routes) { r["mail"][0] = "m9" }},
			{"did nothing", func(Routes) {}},
			{"cleared the draft", func(r Routes) { clear(r) }},
			{"added a host without servers", func(r Routes) { r["blog"] = nil }},
		} {
			before := asItIs(want)
			step.change(want)
			b.Update(func(draft Routes) {
				if !alike(draft, before) {
					t.Fatalf("the draft of update %d holds %v: want what the newest edition holds, %v", i+1, asItIs(draft), before)
				}
				step.change(draft)
			})
			for back, e := range slices.Backward(kept) {
				switch {
				case alike(e.handed, e.was):
				case back == len(kept)-1 && slices.Equal(slices.Sorted(maps.Keys(e.handed)), slices.Sorted(maps.Keys(e.was))):
					t.Fatalf("an edition changed after it had been handed out, when change %s: the draft shares its slices, the copy is too shallow", step.what)
				case back == len(kept)-1:
					t.Fatalf("an edition changed after it had been handed out, when change %s: the draft is the map that others read", step.what)
				default:
					t.Fatalf("an old edition changed, %d updates after it had been handed out, when change %s: somebody may still read it, and nobody may write into it again", len(kept)-back, step.what)
				}
			}
			now := b.Now()
			switch {
			case alike(now, want):
			case alike(now, before):
				t.Fatalf("change %s, Update returned, and Now does not show it: nothing is published", step.what)
			default:
				t.Fatalf("change %s: Now returned %v, want %v", step.what, now, want)
			}
			kept = append(kept, edition{now, asItIs(now)})
		}
	})
}

// Whoever looks in the middle of an Update sees the edition before, and at once.
func TestInTheMiddle(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		b := New(threeHosts())
		var waited, half string
		b.Update(func(draft Routes) {
			draft["shop"] = []string{"s7", "s8"}
			// Only half of it is done.
			var now Routes
			var servers []string
			switch {
			case !returns(func() { now = b.Now() }):
				waited = "Now"
			case !returns(func() { servers = b.Servers("shop") }):
				waited = "Servers"
			case !alike(now, threeHosts()):
				half = fmt.Sprintf("Now returned %v", asItIs(now))
			case !slices.Equal(servers, []string{"s1", "s2"}):
				half = fmt.Sprintf("Servers returned %v", servers)
			}
			draft["mail"] = []string{"m7"}
		})
		switch {
		case waited != "":
			t.Fatalf("a reader waits for a writer: somebody was in change, and %s did not return", waited)
		case half != "":
			t.Fatalf("half an update is seen: change was not through with its draft, and %s", half)
		}
	})
}

func TestNowCopiesNothing(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		b := New(threeHosts())
		at := func() uintptr { return reflect.ValueOf(b.Now()).Pointer() }
		first := at()
		if at() != first {
			t.Fatal("Now copies: two calls with no update between them returned two maps, and what never changes needs no copy")
		}
		b.Update(func(draft Routes) { draft["shop"] = nil })
		second := at()
		if at() != second {
			t.Fatal("Now copies: after an update two calls returned two maps, and what never changes needs no copy")
		}
	})
}

func TestServersAreTheCallers(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		b := New(threeHosts())
		got := b.Servers("shop")
		switch {
		case !slices.Equal(got, []string{"s1", "s2"}):
			t.Fatalf("Servers returned %v: want [s1 s2]", got)
		case len(b.Servers("nobody")) > 0 || len(b.Servers("old")) > 0:
			t.Fatalf("for a host that is not there Servers returned %v, and for one without servers %v", b.Servers("nobody"), b.Servers("old"))
		}
		got[0] = "scribble"
		if !alike(b.Now(), threeHosts()) || b.Servers("shop")[0] != "s1" {
			t.Fatal("an inner slice is handed out: the caller of Servers wrote into what is his own, and the book changed")
		}
		b.Update(func(draft Routes) { draft["shop"] = []string{"s5"} })
		if got := b.Servers("shop"); !slices.Equal(got, []string{"s5"}) {
			t.Fatalf("shop was changed to [s5], and Servers returned %v", got)
		}
	})
}

// Two update at the same time. If both may copy before one has published, they do.
func TestTwoWriters(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var p probe.Point
		var old atomic.Bool
		b := New(Routes{"shop": nil})
		var both sync.WaitGroup
		for _, server := range []string{"s1", "s2"} {
			both.Go(func() {
				b.Update(func(draft Routes) {
					if _, again := draft["by "+server]; again {
						old.Store(true)
					}
					draft["by "+server] = nil
					draft["shop"] = append(draft["shop"], server)
					p.Here()
				})
			})
		}
		both.Wait()
		got := b.Servers("shop")
		slices.Sort(got)
		switch {
		case old.Load():
			t.Fatal("change was called again, and not with a new draft: it found what it had written the first time")
		case len(got) < 2:
			t.Fatalf("an update is lost: two goroutines appended s1 and s2, both to a copy of the same edition, and now there is %v", got)
		case !slices.Equal(got, []string{"s1", "s2"}) || len(b.Now()) != 3:
			t.Fatalf("two goroutines appended s1 and s2 to one host and added one more each, and now there is %v", b.Now())
		}
	})
}

// Many update, at two places each, and others look: each edition is whole, and none is
// older than the one before.
func TestReadersSeeWholeEditions(t *testing.T) {
	for range 20 {
		probe.Bubble(t, func(t *testing.T) {
			const writers, times = 3, 5
			b := New(nil)
			var all sync.WaitGroup
			for range writers {
				all.Go(func() {
					for range times {
						b.Update(func(draft Routes) {
							draft["shop"] = append(draft["shop"], "s")
							runtime.Gosched()
							draft["mail"] = append(draft["mail"], "m")
						})
						runtime.Gosched()
					}
				})
			}
			for range 3 {
				all.Go(func() {
					last := 0
					for range 2 * times {
						now := b.Now()
						before := len(now["shop"])
						runtime.Gosched()
						shop, mail := len(now["shop"]), len(now["mail"])
						switch {
						case shop != before:
							t.Errorf("an edition changed while somebody had it in his hands: first %d servers, then %d", before, shop)
							return
						case shop != mail:
							t.Errorf("half an update is seen: each adds one server to two hosts, and in one edition they have %d and %d", shop, mail)
							return
						case shop < last:
							t.Errorf("Now went backwards: an edition had %d servers, and the next one %d", last, shop)
							return
						}
						last = shop
					}
				})
			}
			all.Wait()
			if got := len(b.Now()["shop"]); got != writers*times && !t.Failed() {
				t.Fatalf("an update is lost: %d goroutines added %d servers each, and now there are %d", writers, times, got)
			}
		})
	}
}

func TestChangePanics(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		b := New(threeHosts())
		before := b.Now()
		var recovered any
		if !returns(func() {
			defer func() { recovered = recover() }()
			b.Update(func(draft Routes) {
				draft["shop"][0] = "scribble"
				delete(draft, "mail")
				panic("no such server")
			})
		}) {
			t.Fatal("deadlock: change panicked, and Update never returned")
		}
		switch {
		case recovered != "no such server":
			t.Fatalf("the panic is lost: change panicked, and what came out of Update is the panic %v", recovered)
		case !alike(before, threeHosts()) || !alike(b.Now(), threeHosts()):
			t.Fatalf("half an update is published: change panicked in the middle, and Now returned %v", b.Now())
		}
		if !returns(func() { b.Update(func(draft Routes) { draft["blog"] = []string{"b1"} }) }) {
			t.Fatal("deadlock: change panicked once, and the next Update waits for ever: the book stays locked")
		}
		want := threeHosts()
		want["blog"] = []string{"b1"}
		if got := b.Now(); !alike(got, want) {
			t.Fatalf("change panicked once, then another one added a host: Now returned %v, want %v", got, want)
		}
	})
}

func TestBooksDoNotWait(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var p probe.Point
		var both sync.WaitGroup
		books := []Book{New(Routes{"shop": {"s1"}}), New(Routes{"mail": {"m1"}})}
		for _, b := range books {
			both.Go(func() { b.Update(func(draft Routes) { p.Here() }) })
		}
		both.Wait()
		switch {
		case p.Met() == 0:
			t.Fatal("two books wait for each other: they must not have one lock between them")
		case !alike(books[0].Now(), Routes{"shop": {"s1"}}) || !alike(books[1].Now(), Routes{"mail": {"m1"}}):
			t.Fatal("two books have one table between them")
		}
	})
}
