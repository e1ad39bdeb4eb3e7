package sharded

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Cells have a hook before and after their steps. There these tests let happen what else
// happens once in a million calls.

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

// cellsWith returns cells that hold these numbers.
func cellsWith(numbers ...int64) []*Cell {
	var cells []*Cell
	for _, n := range numbers {
		c := new(Cell)
		c.n.Store(n)
		cells = append(cells, c)
	}
	return cells
}

// recorded keeps the steps of cells: "load 0 ".
type recorded struct {
	mu    sync.Mutex
	steps string
}

func (r *recorded) watch(cells []*Cell) {
	for i, c := range cells {
		c.hook = func(step string) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.steps += fmt.Sprint(step, " ", i, " ")
		}
	}
}

func TestWhereItIsAdded(t *testing.T) {
	for _, n := range []int{1, 2, 3, 5, 8} {
		for _, key := range []uint64{0, 1, 2, 3, 4, 5, 7, 8, 1<<32 + 1, math.MaxInt64, 1 << 63, math.MaxUint64} {
			probe.Bubble(t, func(t *testing.T) {
				cells := cellsWith(make([]int64, n)...)
				c := New(cells)
				var r recorded
				r.watch(cells)
				c.Add(key, 7)
				want := int(key % uint64(n))
				switch got := cells[want].n.Load(); got {
				case 0:
					t.Fatalf("7 was added with key %d, and is not in its cell when Add returns: that is number %d of %d cells", key, want, n)
				case 7:
				default:
					t.Fatalf("7 was added with key %d, and its cell, number %d of %d, went from 0 to %d", key, want, n, got)
				}
				for i := range cells {
					if i != want && strings.Contains(r.steps, fmt.Sprintf(" %d ", i)) {
						t.Fatalf("7 was added with key %d, whose cell is number %d of %d, and Add also touched number %d: so all queue for that one", key, want, n, i)
					}
				}
			})
		}
	}
}

func TestOneAfterAnother(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		cells := cellsWith(40, 0, 2)
		c := New(cells)
		if got := c.Value(); got != 42 {
			t.Fatalf("before New the cells hold 40, 0 and 2, and Value returned %d: want the sum of the cells", got)
		}
		c.Add(1, 5)
		var r recorded
		r.watch(cells)
		got := c.Value()
		for _, step := range []string{"add", "store", "swap"} {
			if strings.Contains(r.steps, step+" ") {
				t.Fatalf("Value changes the cells (%s): whoever looks at the same time sees too little, or too much", strings.TrimSpace(r.steps))
			}
		}
		if got != 47 {
			t.Fatalf("the cells hold 40, 5 and 2, and Value returned %d", got)
		}
		for i := range cells {
			switch n := strings.Count(r.steps, fmt.Sprintf("load %d ", i)); {
			case n == 0:
				t.Fatalf("Value did not load cell %d, and returned its number: it remembers, and the cells are the only memory", i)
			case n > 1:
				t.Fatalf("Value loaded cell %d %d times, and nobody was adding: want once, else it does not come to an end while others are busy", i, n)
			}
		}
		if got := c.Take(); got != 47 {
			t.Fatalf("the cells hold 40, 5 and 2, and Take returned %d", got)
		}
		for i, cell := range cells {
			if left := cell.n.Load(); left != 0 {
				t.Fatalf("after Take cell %d holds %d: want 0", i, left)
			}
		}
		if v, again := c.Value(), c.Take(); v != 0 || again != 0 {
			t.Fatalf("all has been taken, Value returned %d and another Take %d", v, again)
		}
		c.Add(2, 3)
		if v, taken := c.Value(), c.Take(); v != 3 || taken != 3 {
			t.Fatalf("3 was added after a Take, Value returned %d and the next Take %d", v, taken)
		}
	})
}

// Two add to one cell at the same time. If both may load before one has stored, they do.
func TestTwoAtOneCell(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var p probe.Point
		cells := cellsWith(0, 0)
		cells[1].hook = func(step string) {
			if step == "loaded" || step == "store" {
				p.Here()
			}
		}
		c := New(cells)
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() { c.Add(1, 1) })
		}
		both.Wait()
		if got := cells[1].n.Load(); got != 2 {
			t.Fatalf("an addition is lost: two goroutines added 1 each to one cell, and it holds %d", got)
		}
	})
}

func TestAddersDoNotWait(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var p probe.Point
		cells := cellsWith(0, 0)
		for _, cell := range cells {
			cell.hook = func(string) { p.Here() }
		}
		c := New(cells)
		var both sync.WaitGroup
		for key := range uint64(2) {
			both.Go(func() { c.Add(key, 1) })
		}
		both.Wait()
		switch {
		case p.Came() < 2:
			t.Fatal("an addition is lost: two goroutines added to two cells at the same time, and one of them has never been at its cell")
		case p.Met() == 0:
			t.Fatal("who adds waits for who adds to another cell: with one lock for all cells there might as well be one cell")
		}
	})
}

// Somebody is held at each cell in turn. Meanwhile others add to all the others.
func TestAddDoesNotWait(t *testing.T) {
	const n = 3
	for at := range n {
		for _, tt := range []struct {
			name string
			call func(Counter)
		}{
			{"Value", func(c Counter) { c.Value() }},
			{"Take", func(c Counter) { c.Take() }},
		} {
			probe.Bubble(t, func(t *testing.T) {
				cells := cellsWith(1, 1, 1)
				c := New(cells)
				var first sync.Once
				var waited atomic.Bool
				cells[at].hook = func(string) {
					first.Do(func() {
						for other := range uint64(n) {
							if int(other) != at && !returns(func() { c.Add(other, 1) }) {
								waited.Store(true)
							}
						}
					})
				}
				tt.call(c)
				if waited.Load() {
					t.Fatalf("Add waits for %s: somebody was in it and busy with one cell, and nobody could add to another", tt.name)
				}
			})
		}
	}
}

// Whenever Take is about to do something, and when it has loaded, somebody adds.
func TestTakeLosesNothing(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		cells := cellsWith(10, 10, 10)
		c := New(cells)
		var adders sync.WaitGroup
		var added atomic.Int64
		for i, cell := range cells {
			var times atomic.Int32
			cell.hook = func(step string) {
				if step == "add" || times.Add(1) > 4 {
					return
				}
				adders.Add(1)
				returns(func() {
					defer adders.Done()
					c.Add(uint64(i), 1)
					added.Add(1)
				})
			}
		}
		taken := c.Take()
		adders.Wait()
		for _, cell := range cells {
			cell.hook = nil
		}
		switch left, want := c.Value(), 30+added.Load(); {
		case taken+left < want:
			t.Fatalf("an addition is lost in Take: it came after the cell was loaded and before it was emptied. The cells held 30, %d came to it, Take returned %d, and %d is left", want-30, taken, left)
		case taken+left > want:
			t.Fatalf("an addition is counted twice: the cells held 30, %d came to it, Take returned %d, and %d is left", want-30, taken, left)
		}
	})
}

// Two take at the same time. If both may load before one has emptied, they do.
func TestTwoTake(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var p probe.Point
		cells := cellsWith(5)
		cells[0].hook = func(step string) { p.Here() }
		c := New(cells)
		var both sync.WaitGroup
		var taken [2]int64
		for i := range taken {
			both.Go(func() { taken[i] = c.Take() })
		}
		both.Wait()
		switch left := cells[0].n.Load(); {
		case taken[0]+taken[1] > 5:
			t.Fatalf("taken twice: there were 5, two took at the same time, and they got %d and %d", taken[0], taken[1])
		case taken[0]+taken[1] != 5 || left != 0:
			t.Fatalf("there were 5, two took at the same time, they got %d and %d, and %d is left", taken[0], taken[1], left)
		}
	})
}

// One is held after it has loaded the cells. Meanwhile something is added, and then
// another one begins.
func TestValueIsNotOld(t *testing.T) {
	for at := range 2 {
		probe.Bubble(t, func(t *testing.T) {
			cells := cellsWith(1, 1)
			c := New(cells)
			var first sync.Once
			var second sync.WaitGroup
			var got int64
			cells[at].hook = func(step string) {
				if step != "loaded" {
					return
				}
				first.Do(func() {
					if !returns(func() { c.Add(uint64(1-at), 5) }) {
						return // the other cell is busy, too
					}
					second.Add(1)
					returns(func() {
						defer second.Done()
						got = c.Value()
					})
				})
			}
			one := c.Value()
			second.Wait()
			switch {
			case one != 2 && one != 7:
				t.Fatalf("the cells held 2 when Value began and 7 when it ended, and it returned %d", one)
			case got != 0 && got < 7:
				t.Fatalf("Value misses what was there before it began: 5 was added to 2, then somebody called it and got %d, which is the result of one who had begun earlier", got)
			}
		})
	}
}

// The sum is exact when all have ended, and it only grows before.
func TestManyAdd(t *testing.T) {
	for range 20 {
		probe.Bubble(t, func(t *testing.T) {
			const adders, times = 8, 10
			cells := cellsWith(0, 0, 0)
			for _, cell := range cells {
				cell.hook = func(string) { runtime.Gosched() }
			}
			c := New(cells)
			var all sync.WaitGroup
			for key := range uint64(adders) {
				all.Go(func() {
					for i := range uint64(times) {
						c.Add(key+i, 1)
					}
				})
			}
			for range 2 {
				all.Go(func() {
					last := int64(0)
					for range times {
						got := c.Value()
						switch {
						case got < last:
							t.Errorf("Value went backwards, and nobody takes: from %d to %d", last, got)
							return
						case got > adders*times:
							t.Errorf("Value returned %d, and no more than %d are ever added", got, adders*times)
							return
						}
						last = got
					}
				})
			}
			all.Wait()
			if got := c.Value(); got != adders*times && !t.Failed() {
				t.Fatalf("%d goroutines added 1 %d times each, all have ended, and Value returned %d", adders, times, got)
			}
		})
	}
}

// What is added is taken once.
func TestManyTake(t *testing.T) {
	for range 20 {
		probe.Bubble(t, func(t *testing.T) {
			const adders, takers, times = 6, 3, 10
			cells := cellsWith(0, 0, 0)
			for _, cell := range cells {
				cell.hook = func(string) { runtime.Gosched() }
			}
			c := New(cells)
			var all sync.WaitGroup
			for key := range uint64(adders) {
				all.Go(func() {
					for range times {
						c.Add(key, 1)
					}
				})
			}
			var taken [takers]int64
			for i := range taken {
				all.Go(func() {
					for range times {
						taken[i] += c.Take()
					}
				})
			}
			all.Wait()
			sum := c.Value()
			for _, n := range taken {
				sum += n
			}
			if sum != adders*times {
				t.Fatalf("%d was added, and what has been taken and what is left are %d together", adders*times, sum)
			}
		})
	}
}
