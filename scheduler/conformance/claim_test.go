package conformance

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/exp/trace"
	"pgregory.net/rapid"
)

// TestSorter compares the search for another order with trying all of them.
func TestSorter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{history: puts(t)}
		n := len(w.ops)
		s := sorter{w: w, live: make([]bool, n), budget: 1 << 20}
		s.puts = someOrder(t, w)
		for i := range s.live {
			s.live[i] = rapid.Bool().Draw(t, "live")
		}
		s.want = int32(rapid.IntRange(0, n-1).Draw(t, "want"))
		s.target = rapid.IntRange(0, n-1).Draw(t, "target")
		if !s.live[slices.Index(s.puts, s.want)] || !s.live[s.target] {
			t.Skip("taken out already")
		}
		fits := func(order []int32) bool {
			if order[s.target] != s.want || !inOrder(w, order) {
				return false
			}
			for i, put := range s.puts {
				if !s.live[i] && order[i] != put {
					return false
				}
			}
			return true
		}
		if s.sort(0) {
			require.ElementsMatch(t, s.puts, s.sorted)
			require.True(t, fits(s.sorted), "%v", s.sorted)
			return
		}
		for order := range permutations(n) {
			require.False(t, fits(order), "missed %v", order)
		}
	})
}

// TestClaim holds that two puts of the same moment can change places until something
// has counted the queue between them.
func TestClaim(t *testing.T) {
	w := &world{history: &history{ops: []op{{lane: 0, lo: 1, hi: 10, partner: none}, {lane: 1, lo: 1, hi: 10, partner: none}}}}
	fresh := func() *machine { return &machine{} }

	m := fresh()
	w.putGlobal(m, 0)
	w.putGlobal(m, 1)
	c := w.claim(m, m.global[0], 1)
	require.NotNil(t, c)
	require.Equal(t, []entry{{1, 1}, {0, 2}}, c.global)
	require.Equal(t, []entry{{0, 1}, {1, 2}}, m.global, "a claim does not touch the machine that it starts from")
	require.Equal(t, 1, c.cost.moved)

	m = fresh()
	w.putGlobal(m, 0)
	m.counted()
	w.putGlobal(m, 1)
	require.Nil(t, w.claim(m, m.global[0], 1))
}

// TestClaimIsNeverTooLate holds that how much happened since has no say: the ring of a
// P that is not running keeps what it took long ago.
func TestClaimIsNeverTooLate(t *testing.T) {
	const later = 5000
	h := &history{ops: []op{{lane: 0, lo: 1, hi: 10, partner: none}, {lane: 1, lo: 1, hi: 10, partner: none}}}
	for i := range int32(later) {
		h.ops = append(h.ops, op{lane: 0, index: i + 1, lo: trace.Time(11 + i), hi: trace.Time(12 + i), partner: none})
	}
	w := &world{history: h}
	m := &machine{places: make([]place, 2)}
	w.putGlobal(m, 0)
	w.putGlobal(m, 1)
	m.places[1].ring, m.global = m.global, nil
	m.counted()
	for i := range int32(later) {
		w.putGlobal(m, i+2)
		m.global = nil
	}
	c := w.claim(m, m.places[1].ring[0], 1)
	require.NotNil(t, c)
	require.Equal(t, []entry{{1, 1}, {0, 2}}, c.places[1].ring)

	m.places[1].ring = nil
	for i := range int32(2 * chunk) {
		w.putGlobal(m, i+2)
		m.global = nil
	}
	require.Less(t, len(m.pushed.chunks), 4, "what no entry can reach is forgotten")
}

// puts draws a few operations on three lanes.
func puts(t *rapid.T) *history {
	h := &history{}
	var now [3]int
	for range rapid.IntRange(2, 6).Draw(t, "puts") {
		lane := rapid.IntRange(0, 2).Draw(t, "lane")
		lo := now[lane] + rapid.IntRange(0, 4).Draw(t, "pause")
		hi := lo + rapid.IntRange(0, 6).Draw(t, "length")
		now[lane] = hi
		h.ops = append(h.ops, op{lane: int32(lane), index: int32(len(h.ops)), lo: trace.Time(lo), hi: trace.Time(hi)})
	}
	return h
}

// someOrder draws an order in which the operations can have happened.
func someOrder(t *rapid.T, w *world) []int32 {
	var all [][]int32
	for order := range permutations(len(w.ops)) {
		if inOrder(w, order) {
			all = append(all, slices.Clone(order))
		}
	}
	return rapid.SampledFrom(all).Draw(t, "order")
}

func inOrder(w *world, order []int32) bool {
	for i, a := range order {
		for _, b := range order[i+1:] {
			if w.before(b, a) {
				return false
			}
		}
	}
	return true
}

// permutations yields every order of the numbers below n.
func permutations(n int) func(func([]int32) bool) {
	return func(yield func([]int32) bool) {
		var extend func(order []int32) bool
		extend = func(order []int32) bool {
			if len(order) == n {
				return yield(order)
			}
			for i := range int32(n) {
				if !slices.Contains(order, i) && !extend(append(order[:len(order):len(order)], i)) {
					return false
				}
			}
			return true
		}
		extend(nil)
	}
}
