package empty

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"lab.example/gopark/internal/experiment"
)

// events is how long an event takes that finds nobody waiting: it is made known, and looked
// at, by one goroutine. And how long it takes until many have woken that did wait for it.
type events struct {
	Names []string  `obs:"/event/names:names"`
	Nanos []float64 `obs:"/event/cost:ns"`

	Waiters []int64 `obs:"/wake/waiters:goroutines"`
	Close   []int64 `obs:"/wake/close:ns"` // until the last one is awake; not judged, nor are the next
	Conds   []int64 `obs:"/wake/broadcast:ns"`
	Sends   []int64 `obs:"/wake/sends:ns"`
}

const (
	rounds = 20                     // of which the best counts: what disturbs makes them longer
	round  = 100 * time.Microsecond // at least; well below a time slice
	batch  = 50                     // events between two looks at the clock
)

// The names of those that are compared by check.
const (
	chanStruct = "chan struct{}, of one place"
	chanBool   = "chan bool, of one place"
	atomically = "atomic.Bool"
)

type event struct {
	name string
	make func() (happen func())
}

// kinds are all ways of telling, each by the goroutine that also looks.
var kinds = []event{
	{chanStruct, func() func() {
		c := make(chan struct{}, 1)
		return func() { c <- struct{}{}; <-c }
	}},
	{chanBool, func() func() {
		c := make(chan bool, 1)
		return func() { c <- true; <-c }
	}},
	{"chan [64]byte, of one place", func() func() {
		c := make(chan [64]byte, 1)
		return func() { c <- [64]byte{}; <-c }
	}},
	{"chan struct{}, made and closed for each", func() func() {
		return func() { c := make(chan struct{}); close(c); <-c }
	}},
	{"sync.Mutex, a bool and sync.Cond", func() func() {
		var mu sync.Mutex
		cond, happened := sync.NewCond(&mu), false
		return func() {
			mu.Lock()
			happened = true
			cond.Signal()
			mu.Unlock()
			mu.Lock()
			for !happened {
				cond.Wait()
			}
			happened = false
			mu.Unlock()
		}
	}},
	{atomically, func() func() {
		var happened atomic.Bool
		return func() { happened.Store(true); happened.Swap(false) }
	}},
}

func timeEvents() (seen events) {
	var all []func()
	for _, k := range kinds {
		seen.Names = append(seen.Names, k.name)
		seen.Nanos = append(seen.Nanos, math.Inf(1))
		all = append(all, k.make())
	}
	for range rounds { // mixed, so that a bad moment hits all alike
		for i, happen := range all {
			seen.Nanos[i] = min(seen.Nanos[i], price(happen))
		}
	}
	seen.Waiters = []int64{1, 10, 100, 1000}
	for _, n := range seen.Waiters {
		seen.Close = append(seen.Close, wake(n, byClose))
		seen.Conds = append(seen.Conds, wake(n, byBroadcast))
		seen.Sends = append(seen.Sends, wake(n, bySends))
	}
	return seen
}

// price returns what one call took in a round: nanoseconds with one decimal.
func price(happen func()) float64 {
	begin := time.Now()
	for n := batch; ; n += batch {
		for range batch {
			happen()
		}
		if took := time.Since(begin); took >= round {
			return math.Round(10*float64(took.Nanoseconds())/float64(n)) / 10
		}
	}
}

// waking is a way of waking n that wait.
type waking func(n int64) (wait, tell func())

func byClose(int64) (wait, tell func()) {
	c := make(chan struct{})
	return func() { <-c }, func() { close(c) }
}

func bySends(n int64) (wait, tell func()) {
	c := make(chan struct{})
	return func() { <-c }, func() {
		for range n {
			c <- struct{}{}
		}
	}
}

func byBroadcast(int64) (wait, tell func()) {
	var mu sync.Mutex
	cond, happened := sync.NewCond(&mu), false
	wait = func() {
		mu.Lock()
		defer mu.Unlock()
		for !happened {
			cond.Wait()
		}
	}
	return wait, func() {
		mu.Lock()
		defer mu.Unlock()
		happened = true
		cond.Broadcast()
	}
}

// wake returns the best time, of a few, from telling to the last of n being awake.
func wake(n int64, way waking) int64 {
	least := int64(math.MaxInt64)
	for range 5 {
		wait, tell := way(n)
		var there, awake sync.WaitGroup
		there.Add(int(n))
		for range n {
			awake.Go(func() {
				there.Done()
				wait()
			})
		}
		there.Wait()
		for range experiment.Settling { // most of them block meanwhile; nothing depends on it
			runtime.Gosched()
		}
		begin := time.Now()
		tell()
		awake.Wait()
		least = min(least, time.Since(begin).Nanoseconds())
	}
	return least
}

func (e events) table() experiment.Table {
	table := experiment.Table{Header: []string{"an event that nobody waits for", "ns"}}
	for i, name := range e.Names {
		table.Add(name, e.Nanos[i])
	}
	return table
}

func (e events) wakeTable() experiment.Table {
	table := experiment.Table{Header: []string{"until so many are awake"}}
	for _, n := range e.Waiters {
		table.Header = append(table.Header, fmt.Sprint(n))
	}
	for _, row := range []struct {
		what  string
		nanos []int64
	}{{"a closed channel", e.Close}, {"sync.Cond.Broadcast", e.Conds}, {"a send for each", e.Sends}} {
		cells := []any{row.what}
		for _, ns := range row.nanos {
			cells = append(cells, strconv.FormatFloat(float64(ns)/1000, 'f', 1, 64)+" µs")
		}
		table.Add(cells...)
	}
	return table
}

// alike is by how much the two channels may differ: far more than was seen, for they execute
// the same instructions but for the copy of a byte. Each price is the best of twenty rounds.
// For a false alarm all twenty of one channel, and not those of the other beside them, would
// have to be disturbed; were one round in two disturbed, that is less than one run in a million.
const alike = 3

func (e events) check() error {
	cost := func(name string) float64 {
		if i := slices.Index(e.Names, name); i >= 0 && i < len(e.Nanos) {
			return e.Nanos[i]
		}
		return math.NaN()
	}
	empty, full, flag := cost(chanStruct), cost(chanBool), cost(atomically)
	switch {
	case math.IsNaN(empty + full + flag):
		return fmt.Errorf("events: something was not timed: %v", e.Names)
	case empty*alike < full:
		return experiment.Refuted("a struct{} through a channel takes %.1f ns, a bool %.1f", empty, full)
	case empty > full*alike:
		return experiment.Refuted("a bool through a channel takes %.1f ns, a struct{} %.1f", full, empty)
	case empty < flag:
		return experiment.Refuted("a channel takes %.1f ns, an atomic flag %.1f: the channel is the cheapest event", empty, flag)
	}
	return nil
}
