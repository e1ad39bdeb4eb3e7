package race

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// pair is two goroutines that write to one map without a lock.
type pair struct {
	name    string // of the actor: lower-case words joined by "-"
	what    string // for people
	write   func(writes int)
	env     string
	certain certainty // that the runtime notices
}

type certainty string

const (
	never  certainty = "never"
	chance certainty = "chance"
	always certainty = "always" // they go on until it does
)

// writers are all pairs.
var writers = []pair{
	{"turns", "one P, taking turns", turns, "GOMAXPROCS=1", never},
	{"side-by-side", "two Ps, side by side", sideBySide, "GOMAXPROCS=2", chance},
	{"long-keys", "one P, keys that take long to compare", longKeys, "GOMAXPROCS=1", always},
}

// small makes a map of keys 0 to 63. All writers write to these, so the map neither grows
// nor moves, and the worst that can come of two at a time is a wrong value.
func small() map[int]int {
	m := make(map[int]int)
	for i := range keys {
		m[i] = i
	}
	return m
}

const keys = 64

// turns writes until the two have been preempted in favour of each other: the first to
// write has gone on after the second. It prints how many turns there were.
func turns(int) {
	const enough = 3
	m := small()
	var last, turn atomic.Int64
	both(func(me int) {
		for turn.Load() < enough {
			for i := range keys {
				m[i] = me
			}
			if last.Swap(int64(me)) != int64(me) {
				turn.Add(1)
			}
		}
	})
	fmt.Printf(saidTurns+"\n", turn.Load(), last.Load())
}

const saidTurns = "%d turns, the last by %d"

// sideBySide begins to write when both are there.
func sideBySide(writes int) {
	m := small()
	var there atomic.Int64
	both(func(me int) {
		for there.Add(1); there.Load() < 2; {
			runtime.Gosched()
		}
		for i := range writes {
			m[i%keys] = me
		}
	})
}

// long is a key that is compared by code which the compiler makes for it: string by string.
type long [1 << 12]string

// longKeys writes to one key until the runtime notices.
func longKeys(int) {
	key := new(long)
	for i := range key {
		key[i] = "x"
	}
	m := map[long]int{*key: 0}
	both(func(me int) {
		for {
			m[*key] = me
		}
	})
}

// both runs f in two goroutines, as 1 and as 2, and waits for them.
func both(f func(me int)) {
	var wg sync.WaitGroup
	for me := range 2 {
		wg.Go(func() { f(me + 1) })
	}
	wg.Wait()
}
