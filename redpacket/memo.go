package redpacket

import (
	"math"
	"sync/atomic"
)

// memo remembers what was made for some places, as long as there is room. Several goroutines may
// use it at once: if two make the same at the same time, it is there twice, and one is not found.
type memo[T any] struct {
	sets []memoSet[T]
	turn *atomic.Uint32
}

// memoSet is where what has the same hash is.
type memoSet[T any] [4]atomic.Pointer[made[T]]

// place is what something is made for: a tilt, by its mean, and how many parts, if that matters.
type place struct {
	w     uint64
	mean  float64
	parts uint64
}

type made[T any] struct {
	place
	it T
}

// newMemo makes room for size things, a power of 2.
func newMemo[T any](size int) memo[T] {
	var set memoSet[T]
	return memo[T]{sets: make([]memoSet[T], size/len(set)), turn: new(atomic.Uint32)}
}

func (m *memo[T]) set(p place) *memoSet[T] { return &m.sets[p.hash()&uint64(len(m.sets)-1)] }

func (m *memo[T]) find(p place) (it T, ok bool) {
	set := m.set(p)
	for i := range set {
		if found := set[i].Load(); found != nil && found.place == p {
			return found.it, true
		}
	}
	return it, false
}

// keep remembers it, in place of something else if it must, and returns it.
func (m *memo[T]) keep(p place, it T) T {
	set, kept := m.set(p), &made[T]{p, it}
	for i := range set {
		if set[i].CompareAndSwap(nil, kept) {
			return it
		}
	}
	set[m.turn.Add(1)%uint32(len(set))].Store(kept)
	return it
}

// hash spreads places.
func (p place) hash() uint64 {
	h := (math.Float64bits(p.mean) ^ p.w<<20 ^ p.parts) * 0x9e3779b97f4a7c15
	h = (h ^ h>>32) * 0xd6e8feb86659fd93
	return h ^ h>>32
}
