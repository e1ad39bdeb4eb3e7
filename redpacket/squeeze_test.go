package redpacket

import (
	"math"
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
			about, slack := s.about(j)
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
		about, _ := s.about(j)
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

// TestSqueezeTakesNoWords holds that a squeeze which cannot tell takes no other word than the
// spread would without it.
func TestSqueezeTakesNoWords(t *testing.T) {
	law := tilt{w: 79, rate: rateFor(79, 29)}
	fresh, old := newSpread(law, 500), newSpread(law, 500)
	q := newSqueeze(old)
	old.squeeze.Store(q)
	undecided := 0
	for d := range uint64(200) {
		j := fresh.middle.plus(u128{0, d})
		p, _ := q.look(old, j)
		top := uint64(math.Ldexp(p+q.slack/2, 64))
		if _, sure := (&coin{top: top}).below(p, q.slack); sure {
			continue
		}
		undecided++
		a, b := &one{word: top}, &one{word: top}
		require.Equal(t, fresh.accepts(j, newWords(a)), old.accepts(j, newWords(b)))
		require.Equal(t, 1, a.taken)
		require.Equal(t, 1, b.taken)
	}
	require.Greater(t, undecided, 100)
}

// one is a source of the same word for ever, which counts.
type one struct {
	word  uint64
	taken int
}

func (o *one) Uint64() uint64 {
	o.taken++
	return o.word
}
