package stealing

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// wait keeps the P until the condition holds. It does not yield: a goroutine that waits
// like this is what makes its P a victim, or keeps a thief from its work.
//
// It lets go of its core, though, which is another matter: where there are fewer cores
// than Ps, those that are waited for need one.
func wait(holds func() bool) {
	for !holds() {
		yieldCore()
	}
}

// oneVictim needs two Ps. It creates n goroutines in a row while a guard keeps the other
// P busy, then lets the guard go and holds its own P until all of them have run. It
// returns their order, and how long it was from the first creation to the last run.
func oneVictim(n int) (order []int64, took time.Duration) {
	runtime.Gosched() // begin a time slice
	order = make([]int64, n)
	var guarded, release, guardGone atomic.Bool
	var turn atomic.Int64
	go func() {
		guarded.Store(true)
		wait(release.Load)
		guardGone.Store(true)
	}()
	for !guarded.Load() {
		runtime.Gosched()
	}
	runtime.Gosched()

	start := time.Now()
	for i := range n {
		go func() { order[turn.Add(1)-1] = int64(i) }()
	}
	release.Store(true)
	wait(func() bool { return turn.Load() == int64(n) })
	took = time.Since(start)
	wait(guardGone.Load)
	return order, took
}

// twoVictims needs three Ps. On two of them a goroutine creates a few others and holds
// its P, while a guard keeps the third P busy. Then the guard goes, and its P steals. It
// returns which victim was robbed first, and how long the scene took.
func twoVictims() (victim int64, took time.Duration) {
	const each = 4
	var present, ready, first atomic.Int64
	first.Store(-1)
	meet := func() { // now each of the three has a P
		present.Add(1)
		wait(func() bool { return present.Load() == 3 })
	}
	var all sync.WaitGroup
	create := func(who int64) {
		meet()
		for range each {
			all.Go(func() { first.CompareAndSwap(-1, who) })
		}
		ready.Add(1)
		wait(func() bool { return first.Load() >= 0 })
	}
	runtime.Gosched()
	start := time.Now()
	all.Go(func() { create(1) })
	all.Go(func() {
		meet()
		wait(func() bool { return ready.Load() == 2 })
	})
	create(0)
	took = time.Since(start)
	all.Wait()
	return first.Load(), took
}
