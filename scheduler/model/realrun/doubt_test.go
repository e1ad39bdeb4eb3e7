package realrun

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/scheduler/model"
)

// recorded is a world after a run, with the events and the moments given in
// milliseconds.
func recorded(t *testing.T, p *model.Program, began []float64, events ...moment) *world {
	t.Helper()
	l, err := layOut(p)
	require.NoError(t, err)
	w := newWorld(p, l, &book{lives: make([]life, len(began))})
	w.last = uint32(len(began) - 1)
	for g, at := range began {
		w.book.lives[g] = life{began: ns(at)}
	}
	for _, m := range events {
		w.book.log = append(w.book.log, entry{model.Event{G: m.g, PC: m.pc}, ns(m.at)})
		w.n++
	}
	return w
}

type moment struct {
	g, pc uint32
	at    float64
}

func ns(ms float64) int64 { return int64(ms * float64(time.Millisecond)) }

func TestLongSlice(t *testing.T) {
	yields := &model.Program{Procs: [][]model.Op{ops(do(model.Mark), do(model.Yield), do(model.Mark))}}
	w := recorded(t, yields, []float64{0}, moment{0, 0, 5}, moment{0, 1, 6}, moment{0, 2, 12})
	require.Equal(t, ns(7), w.longestSlice(), "from before the new tick to the end")
	require.Empty(t, w.doubt(yields))
	w = recorded(t, yields, []float64{0}, moment{0, 0, 8.5}, moment{0, 1, 9.5}, moment{0, 2, 10})
	require.Equal(t, LongSlice, w.doubt(yields), "the tick may have begun just before 9.5 ms")
	marks := &model.Program{Procs: [][]model.Op{ops(do(model.Mark), do(model.Mark), do(model.Mark))}}
	w = recorded(t, marks, []float64{0}, moment{0, 0, 5}, moment{0, 1, 6}, moment{0, 2, 12})
	require.Equal(t, LongSlice, w.doubt(marks), "nothing says that there was a new tick")
	w = recorded(t, marks, []float64{0}, moment{0, 0, 5}, moment{0, 1, 6}, moment{0, 2, 12})
	w.ready = ns(4)
	require.Empty(t, w.doubt(marks), "it began late")
}

// TestSliceOfNewGoroutines holds what is known of goroutines that run for the first time.
func TestSliceOfNewGoroutines(t *testing.T) {
	p := &model.Program{Procs: [][]model.Op{ops(do(model.Go, 1), do(model.Go, 1)), ops(do(model.Mark))}}
	// 1 runs after 2 was created: it was kicked out of runnext, and ran on a tick of its own.
	kicked := recorded(t, p, []float64{0, 7, 6},
		moment{0, 0, 1}, moment{0, 1, 2}, moment{0, 2, 3}, moment{2, 3, 6}, moment{2, 4, 6.5}, moment{1, 3, 8}, moment{1, 4, 12})
	require.Empty(t, kicked.doubt(p))
	require.Equal(t, ns(7), kicked.longestSlice())
	// 2 may have been in runnext.
	last := recorded(t, p, []float64{0, 2.5, 7},
		moment{0, 0, 1}, moment{0, 1, 2}, moment{0, 2, 2.2}, moment{1, 3, 3}, moment{1, 4, 4}, moment{2, 3, 8}, moment{2, 4, 12})
	require.Equal(t, LongSlice, last.doubt(p))
	// 1 began to run before 2 was created, although its first event is later.
	early := recorded(t, p, []float64{0, 1.5, 6},
		moment{0, 0, 1}, moment{0, 1, 2}, moment{0, 2, 3}, moment{2, 3, 6}, moment{2, 4, 6.5}, moment{1, 3, 8}, moment{1, 4, 12})
	require.Equal(t, LongSlice, early.doubt(p))
}

func TestLongWait(t *testing.T) {
	p := &model.Program{Mutexes: 1, RWMutexes: 1, Conds: []int{0}, Procs: [][]model.Op{
		ops(do(model.Lock, 0), do(model.Unlock, 0)),
		ops(do(model.WLock, 0), do(model.WUnlock, 0)),
		ops(do(model.CondWait, 0), do(model.Mark)),
		ops(do(model.Signal, 0), do(model.Mark), do(model.Mark)),
	}}
	const lock, wlock, wait, signal = 0, 3, 6, 9
	stuckAt := func(w *world, g, pc uint32) *world {
		w.book.lives[g].pc = pc
		return w
	}
	ended := func(w *world) *world {
		for g := range w.book.lives {
			w.book.lives[g].over = true
		}
		return w
	}
	for _, pc := range []uint32{lock, wlock} {
		quick := ended(recorded(t, p, []float64{0}, moment{0, pc, 0.8}, moment{0, pc + 1, 5}))
		require.Empty(t, quick.doubt(p))
		slow := ended(recorded(t, p, []float64{0}, moment{0, pc, 0.95}, moment{0, pc + 1, 5}))
		require.Equal(t, LongWait, slow.doubt(p))

		// One that still waits: it matters whether somebody unlocked late.
		for at, want := range map[float64]string{0.8: "", 1.2: LongWait} {
			w := recorded(t, p, []float64{0, 0.1}, moment{0, pc, 0.2}, moment{0, pc + 1, at}, moment{0, pc + 2, 5})
			w.book.lives[0].over = true
			require.Equal(t, want, stuckAt(w, 1, pc).doubt(p), "%v", at)
		}
	}

	// A Wait begins to compete for the mutex when it is woken.
	for at, want := range map[float64]string{1: LongWait, 4.5: ""} {
		w := ended(recorded(t, p, []float64{0, 0.1}, moment{0, signal + 1, at - 0.1}, moment{0, signal, at}, moment{1, wait, 5}))
		require.Equal(t, want, w.doubt(p), "%v", at)
	}
	// Nobody ever woke it.
	w := recorded(t, p, []float64{0, 0.1}, moment{0, lock, 1}, moment{0, lock + 1, 5})
	w.book.lives[0].over = true
	require.Equal(t, LongWait, stuckAt(w, 1, lock).doubt(p))
	require.Empty(t, stuckAt(recorded(t, p, []float64{0, 0.1}, moment{0, lock, 0.5}, moment{0, lock + 1, 5}), 1, wait).doubt(p))

	// The beginning of a Wait unlocks.
	w = recorded(t, p, []float64{0, 0.1, 2}, moment{0, lock, 0.2}, moment{0, signal + 1, 5})
	stuckAt(stuckAt(w, 1, lock), 2, wait)
	require.Equal(t, LongWait, w.doubt(p))
}

// TestSlice holds what is known of slices where the tick is read.
func TestSlice(t *testing.T) {
	marks := &model.Program{Procs: [][]model.Op{ops(do(model.Mark))}}
	for _, c := range []struct {
		name  string
		seen  []moment // pc is the tick
		worst float64
	}{
		{"one tick", []moment{{0, 7, 1}, {0, 7, 5}}, 5},
		{"the next tick may have begun just after the last look", []moment{{0, 7, 1}, {0, 8, 5}, {0, 8, 6}}, 5},
		{"it ended just before the first look at another", []moment{{0, 7, 1}, {0, 8, 5}, {0, 8, 6}, {0, 9, 8}}, 7},
		{"none of the ticks between was longer", []moment{{0, 7, 1}, {0, 20, 5}, {0, 21, 6}}, 5},
		{"short ones", []moment{{0, 7, 1}, {0, 8, 2}, {0, 9, 3}, {0, 10, 4}}, 2},
	} {
		w := recorded(t, marks, []float64{0}, moment{0, 0, c.seen[len(c.seen)-1].at})
		w.eye = &eye{}
		w.slice = slice{tick: 7}
		for _, m := range c.seen {
			w.slice.seen(m.pc, ns(m.at))
		}
		require.Equal(t, ns(c.worst), w.longestSlice(), c.name)
	}
}

// TestStarved holds that a run counts although somebody waited for a lock for long, and
// that it does not if the mutex changed for that.
func TestStarved(t *testing.T) {
	p := &model.Program{Mutexes: 1, Procs: [][]model.Op{ops(do(model.Lock, 0), do(model.Unlock, 0))}}
	w := recorded(t, p, []float64{0}, moment{0, 0, 5}, moment{0, 1, 5})
	w.book.lives[0].over = true
	require.Equal(t, LongWait, w.doubt(p), "where it cannot be seen")
	w.locks.ok = true
	require.Empty(t, w.doubt(p))
	w.starved = true
	require.Equal(t, Starved, w.doubt(p))
}

// TestStarves has the runtime's own mutexes starve: of each kind, whoever unlocks. That takes a
// lock that is held for a millisecond, and no more than a time slice; how many turns of a loop
// that is depends on the machine.
func TestStarves(t *testing.T) {
	available(t)
	program := func(before, lock, unlock model.Op, busy model.Op) *model.Program {
		return named(lock.String(), model.Program{Mutexes: 1, RWMutexes: 1, Conds: []int{0}, Procs: [][]model.Op{
			ops(before, lock, do(model.Go, 1), do(model.Yield), busy, unlock, lock, do(model.Yield), unlock, do(model.Yield)),
			ops(lock, unlock),
		}})
	}
	lock, unlock, wait := do(model.Lock, 0), do(model.Unlock, 0), do(model.CondWait, 0)
	wlock, wunlock := do(model.WLock, 0), do(model.WUnlock, 0)
	none := do(model.Mark)
	briefly := []*model.Program{program(none, lock, unlock, none), program(none, wlock, wunlock, none)}
	kinds := map[string]func(long model.Op) *model.Program{
		"mutex":   func(long model.Op) *model.Program { return program(none, lock, unlock, long) },
		"RWMutex": func(long model.Op) *model.Program { return program(none, wlock, wunlock, long) },
		"Cond": func(long model.Op) *model.Program {
			return &model.Program{Mutexes: 1, Conds: []int{0}, Procs: [][]model.Op{
				ops(lock, do(model.Go, 1), do(model.Yield), long, unlock, lock, do(model.Yield), wait),
				ops(lock, unlock),
			}}
		},
	}
	for _, p := range briefly {
		runs, err := Do(t.Context(), []Request{{p, 1}})
		require.NoError(t, err)
		needValid(t, runs[0])
	}
	for kind, held := range kinds {
		t.Run(kind, func(t *testing.T) {
			var run Run
			for turns := 200_000; turns <= 12_800_000; turns *= 2 {
				runs, err := Do(t.Context(), []Request{{held(times(turns)), 1}})
				require.NoError(t, err)
				if run = runs[0]; run.Why == Starved {
					return
				}
			}
			require.False(t, run.Valid, "held for very long, and nobody starves")
			t.Skipf("the machine is too slow: %s, and before: %q", run.Why, run.Doubts)
		})
	}
}
