package realrun

import (
	"cmp"
	"slices"
	"time"

	"lab.example/gopark/scheduler/model"
)

// Why a run does not count. None of these looks at the order of the run, only at
// moments: whether the clock could have had a say in the order.
const (
	NotAligned  = "not started cleanly"     // something else was runnable at the start
	DriverWoke  = "the driver may have run" // see driver
	Collected   = "garbage was collected"
	LongSlice   = "a time slice of 9 ms or more"        // sysmon preempts at 10 ms
	Starved     = "a lock was handed over"              // to somebody who had waited for 1 ms
	LongWait    = "a wait of 0.9 ms or more for a lock" // the same, where it cannot be seen
	TooLong     = "too long"                            // the program exceeds MaxEvents or MaxGoroutines
	Unsupported = "not a program for the real runtime"  // Run.Status is the reason
	Died        = "the process died"
)

const (
	maxSlice = int64(9 * time.Millisecond)
	maxWait  = int64(900 * time.Microsecond)
)

// doubt returns LongSlice, Starved or LongWait if one of them cannot be excluded, and
// otherwise "".
func (w *world) doubt(p *model.Program) string {
	total := w.lastMoment() - w.ready
	switch {
	case total >= maxSlice && w.longestSlice() >= maxSlice:
		return LongSlice
	case w.starved:
		return Starved
	case !w.locks.ok && total >= maxWait && w.longestWait(p) >= maxWait:
		return LongWait
	}
	return ""
}

// longestSlice returns an upper bound, in ns, of the longest time for which one
// schedtick was current. Where the tick cannot be read, there are two kinds of moments at
// which a new one has certainly begun: a goroutine goes on after Gosched, because it was
// taken from the global queue; and a goroutine runs first although another was created
// after it, because there is one runnext and it was not in it any more.
func (w *world) longestSlice() int64 {
	if w.eye != nil {
		return w.slice.longestUntil(w.lastMoment())
	}
	log := w.book.log[:w.n]
	seen := make([]bool, w.last+1)
	created := make([]int64, 1, w.last+2) // when, for each goroutine
	for _, e := range log {
		if w.kind(e.PC) == model.Go {
			created = append(created, e.at)
		}
	}
	longest, begin := int64(0), w.ready
	before := w.ready
	for _, e := range log {
		fresh := w.kind(e.PC) == model.Yield
		end := e.at
		if !seen[e.G] {
			seen[e.G] = true
			began := w.book.lives[e.G].began
			next := int(e.G) + 1
			if e.G > 0 && next < len(created) && created[next] < began && before <= began {
				fresh, end = true, began
			}
		}
		if fresh {
			longest = max(longest, end-begin)
			begin = before
		}
		before = e.at
	}
	return max(longest, before-begin)
}

// longestWait returns an upper bound, in ns, of the longest time for which a goroutine
// competed for a mutex and which the mutex could have noticed. An operation begins when
// the goroutine has finished the one before.
func (w *world) longestWait(p *model.Program) int64 {
	log := w.book.log[:w.n]
	signals := make([][]int64, len(p.Conds)) // lower bounds
	for i, e := range log {
		if in := &w.ins[e.PC]; model.Kind(in.op) == model.Signal || model.Kind(in.op) == model.Broadcast {
			signals[in.arg] = append(signals[in.arg], log[max(0, i-1)].at)
		}
	}
	// compete returns when a goroutine that came to pc at the given moment began to
	// compete at the earliest, and for what; at is negative if it never did.
	compete := func(pc uint32, at int64) (int64, lock) {
		in := &w.ins[pc]
		switch model.Kind(in.op) {
		case model.Lock:
			return at, lock{false, int(in.arg)}
		case model.WLock:
			return at, lock{true, int(in.arg)}
		case model.CondWait:
			i, _ := slices.BinarySearch(signals[in.arg], at)
			if i < len(signals[in.arg]) {
				return signals[in.arg][i], lock{false, p.Conds[in.arg]}
			}
		}
		return -1, lock{}
	}
	unlocked := make(map[lock]int64) // when it was last; an upper bound
	unlock := func(pc uint32, at, came int64) {
		switch in := &w.ins[pc]; model.Kind(in.op) {
		case model.Unlock:
			unlocked[lock{false, int(in.arg)}] = at
		case model.WUnlock:
			unlocked[lock{true, int(in.arg)}] = at
		case model.CondWait: // it unlocks at its beginning, before anybody else's next event
			what := lock{false, p.Conds[in.arg]}
			unlocked[what] = max(unlocked[what], w.after(came))
		}
	}
	came := make([]int64, w.last+1) // when each goroutine came to its operation
	for g := range came {
		came[g] = w.book.lives[g].began
	}
	longest := int64(0)
	for _, e := range log {
		if at, _ := compete(e.PC, came[e.G]); at >= 0 {
			longest = max(longest, e.at-at)
		}
		unlock(e.PC, e.at, came[e.G])
		came[e.G] = e.at
	}
	for g := range came {
		if life := &w.book.lives[g]; !life.over {
			unlock(life.pc, came[g], came[g])
		}
	}
	for g := range came {
		life := &w.book.lives[g]
		if life.over {
			continue
		}
		if at, what := compete(life.pc, came[g]); at >= 0 {
			longest = max(longest, unlocked[what]-at)
		}
	}
	return longest
}

// after returns the moment of the first event after at.
func (w *world) after(at int64) int64 {
	log := w.book.log[:w.n]
	i, _ := slices.BinarySearchFunc(log, at+1, func(e entry, at int64) int { return cmp.Compare(e.at, at) })
	if i == len(log) {
		return w.lastMoment()
	}
	return log[i].at
}

// lock is a Mutex, or the Mutex in an RWMutex.
type lock struct {
	rw bool
	n  int
}

func (w *world) kind(pc uint32) model.Kind { return model.Kind(w.ins[pc].op) }

// slice follows the ticks that are seen, at moments in ns since world.base.
type slice struct {
	tick    uint32
	began   int64 // a moment before tick began
	last    int64 // the last moment at which it was seen
	longest int64 // an upper bound of how long one of those before it was current
}

// seen is told that the tick is current at a moment. A tick lasts from the last moment
// at which another was seen before it to the first at which another is seen after it, at
// most. Who calls it must read the tick before the clock: if the kernel takes the processor
// away between the two, the tick then seems older than it is, and never younger.
func (s *slice) seen(tick uint32, at int64) {
	if tick != s.tick {
		s.longest = s.longestUntil(at)
		s.tick, s.began = tick, s.last
	}
	s.last = at
}

func (s *slice) longestUntil(at int64) int64 { return max(s.longest, at-s.began) }
