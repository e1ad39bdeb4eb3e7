package redpacket

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// someSpread draws a spread of k parts and a sum that is not too unlikely.
func someSpread(rng *rand.Rand, k, w uint64) (*spread, u128) {
	law := tilt{w: w}
	mean := float64(w) / 2 * math.Pow(rng.Float64(), 3)
	if rng.UintN(3) > 0 && mean > 0 {
		law.rate = rateFor(w, mean)
	}
	m, v := moments(w, law.rate)
	at := float64(k)*m + 2*rng.NormFloat64()*math.Sqrt(v*float64(k))
	sum := whole(min(max(0, at), float64(k)*float64(w)))
	if most := product(k, w); most.less(sum) {
		sum = most
	}
	return newSpread(law, k), sum
}

// someWidth is that of narrow ranges, of wide ones, and of some as wide as can be.
func someWidth(rng *rand.Rand) uint64 {
	if rng.UintN(8) == 0 {
		return rng.Uint64()>>rng.UintN(60) | 1
	}
	w := uint64(1) << rng.UintN(20)
	return w + rng.Uint64N(w)
}

// TestFewParts holds what the first look at a coin takes for the probability to the number of
// splits, and the sum of high precision too, where it takes few terms.
func TestFewParts(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for i := range 300 {
		k, w := 2+rng.Uint64N(62), someWidth(rng)
		s, j := someSpread(rng, k, w)
		about, slack := s.about(j)
		want := s.counted(j, 128)
		exact, _ := want.Float64()
		require.LessOrEqual(t, exact, 1.0, "k=%d w=%d rate=%g: not a bound", k, w, s.rate)
		require.InDelta(t, exact, about, slack, "k=%d w=%d rate=%g j=%v", k, w, s.rate, j)
		require.Less(t, slack, 1e-8, "k=%d w=%d rate=%g j=%v: too vague to be of use", k, w, s.rate, j)
		if k > 40 && i%8 == 0 {
			low, high := s.summed(j, 100)
			require.LessOrEqual(t, low.Cmp(want), 0)
			require.GreaterOrEqual(t, high.Cmp(want), 0)
		}
	}
}

// TestManyParts holds the short sum to the long one.
func TestManyParts(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 7))
	for range 25 {
		k := uint64(64 * math.Pow(2, 20*rng.Float64()))
		s, j := someSpread(rng, k, uint64(1)<<rng.UintN(14))
		about, slack := s.about(j)
		low, high := s.exactly(j, 80)
		require.LessOrEqual(t, low.Cmp(big.NewFloat(about+slack)), 0, "k=%d w=%d rate=%g j=%v", k, s.w, s.rate, j)
		require.GreaterOrEqual(t, high.Cmp(big.NewFloat(about-slack)), 0, "k=%d w=%d rate=%g j=%v", k, s.w, s.rate, j)
	}
}
