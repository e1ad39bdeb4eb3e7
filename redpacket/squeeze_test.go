package redpacket

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSqueeze holds what a squeeze says to what its spread says without it, where sums are likely
// and where they are not, and asks each entry twice.
func TestSqueeze(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 7))
	every, grids, told := 0, 0, 0
	for range 400 {
		k := 2 + rng.Uint64N(1<<(2+rng.UintN(10)))
		s, j := someSpread(rng, k, someWidth(rng))
		if !s.squeezable() {
			continue
		}
		q := newSqueeze(s)
		if q.every {
			every++
		} else {
			grids++
		}
		for range 2 {
			p, ok := q.look(s, j)
			if !ok {
				continue
			}
			told++
			about, slack := s.unsqueezed(j)
			require.InDelta(t, about, p, slack+q.slack, "k=%d w=%d rate=%g j=%v", s.k, s.w, s.rate, j)
			require.Less(t, q.slack, 1e-5, "k=%d w=%d rate=%g: too vague to be of use", s.k, s.w, s.rate)
		}
	}
	require.Greater(t, every, 30)
	require.Greater(t, grids, 100)
	require.Greater(t, told, 19*(every+grids)/10)

	// The control: between its entries, a grid is as good as its slack, and not much better.
	s := newSpread(tilt{w: 5000}, 400)
	q := newSqueeze(s)
	worst := 0.0
	for d := range uint64(4000) {
		j := s.middle.plus(u128{0, d})
		p, _ := q.look(s, j)
		about, _ := s.unsqueezed(j)
		worst = max(worst, about-p, p-about)
	}
	require.Less(t, worst, q.slack)
	require.Greater(t, worst, q.slack/10)
}

// TestSqueezed holds that a splitter which has drawn often draws what a new one does.
func TestSqueezed(t *testing.T) {
	for _, p := range []Params{{60, 3, 8, 290}, {500, 1, 80, 9000}, {300, 0, 9999, 900_000}} {
		old, err := New(p)
		require.NoError(t, err)
		src, again := rand.NewPCG(1, 1), rand.NewPCG(1, 1)
		for range 300 {
			fresh, err := Split(p, again)
			require.NoError(t, err)
			require.Equal(t, fresh, old.Append(nil, src))
		}
	}
}
