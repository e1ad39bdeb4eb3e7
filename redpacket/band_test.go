package redpacket

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// someBand is a band for a mean that Next would take, and a number of parts and a sum that it might
// ask for.
func someBand(rng *rand.Rand) (b *band, k uint64, j u128) {
	for {
		k = fewest + uint64(math.Exp(9*rng.Float64()))
		w := someWidth(rng)
		if k < newCounts(w).parts {
			continue
		}
		share := math.Pow(rng.Float64(), 4) / 2
		if rng.UintN(4) == 0 {
			share = 0.5
		}
		t := whole(float64(k+1) * float64(w) * share)
		if half := product(k+1, w); half.minus(t).less(t) || t == (u128{}) {
			continue
		}
		p := place{w: w, mean: nearMean(k+1, w, t)}
		v := newLaw(p.tilt(), 1, leastSpare).one(newWords(rand.NewPCG(rng.Uint64(), 1)))
		if most := product(k, w); t.less(u128{0, v}) || most.less(t.minus(u128{0, v})) {
			continue
		}
		low, high := bandOf(k)
		return newBand(p.tilt(), low, high), k, t.minus(u128{0, v})
	}
}

// TestBands holds what a band says, with and without the lattice, to exact numbers.
func TestBands(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	told, vague, large, others := 0, 0.0, 0, 0
	const cases = 400
	for i := range cases {
		b, k, j := someBand(rng)
		d := b.off(k, j)
		p, ok := b.look(k, d)
		about := b.direct(k, d)
		require.Less(t, b.error, 1e-5, "k=%d w=%d rate=%g", k, b.w, b.rate)
		require.Less(t, len(b.waves), 200, "k=%d w=%d rate=%g: too many to remember", k, b.w, b.rate)
		require.Less(t, b.slack, 1e-3, "k=%d w=%d rate=%g: too vague to be of use", k, b.w, b.rate)
		if ok {
			told++
			vague += b.slack / cases
			require.InDelta(t, about, p, b.slack, "k=%d w=%d rate=%g j=%v", k, b.w, b.rate, j)
			p, _ = b.look(k, d)
			require.InDelta(t, about, p, b.slack, "again")
		}
		if far := whole(b.mean*float64(k) + b.n); far.less(product(k, b.w)) && !math.IsInf(b.reach, 1) {
			require.Zero(t, b.direct(k, b.off(k, far)), "it is taken for another sum")
			_, ok := b.look(k, b.off(k, far))
			require.False(t, ok)
			others++
		}
		if k > countable && i%16 != 0 {
			continue
		}
		large++
		low, high := b.at(k).exactly(j, 80)
		require.LessOrEqual(t, low.Cmp(big.NewFloat(about+b.error)), 0, "k=%d w=%d rate=%g j=%v", k, b.w, b.rate, j)
		require.GreaterOrEqual(t, high.Cmp(big.NewFloat(about-b.error)), 0, "k=%d w=%d rate=%g j=%v", k, b.w, b.rate, j)
		require.LessOrEqual(t, low.Cmp(big.NewFloat(1)), 0, "k=%d w=%d rate=%g: not a bound", k, b.w, b.rate)
	}
	t.Logf("%d told, slack %.2g on average, %d exact", told, vague, large)
	require.Greater(t, told, 9*cases/10)
	require.Greater(t, others, cases/4)
	require.Less(t, vague, 1e-4)
}

// TestLattice holds the lattice to the short sum, all over some bands. It is as good as its slack,
// and not much better: a slack of nothing would be seen, and so would a coarse grid that took
// itself for a fine one.
func TestLattice(t *testing.T) {
	for _, c := range []struct {
		w, k uint64
		mean float64
	}{{79, 600, 29}, {79, 260, 39.5}, {1999, 90, 500}, {9999, 900, 3000}, {300, 8, 60}, {300, 20, 150}, {5, 40, 2}, {1, 3000, 0.25}} {
		low, high := bandOf(c.k)
		b := newBand(place{w: c.w, mean: c.mean}.tilt(), low, high)
		worst := worstOf(t, b)
		t.Logf("%+v: %.2g off, slack %.2g", c, worst, b.slack)
		require.Less(t, worst, b.slack)
		require.Greater(t, worst, b.slack/30)

		slack := b.slack
		b.lay(1)
		coarse := worstOf(t, b)
		require.Greater(t, coarse, 10*slack, "the control")
		require.Less(t, coarse, b.slack)

		if low >= 32 { // and with numbers of parts that are far apart
			b = newBand(b.tilt, low, 2*low)
			long := worstOf(t, b)
			require.Greater(t, long, 5*slack)
			require.Less(t, long, b.slack)
			require.Greater(t, long, b.slack/30)
		}
	}
}

// worstOf returns the largest difference between a lattice and the short sum.
func worstOf(t *testing.T, b *band) (worst float64) {
	for k := b.low; k <= b.high; k += (b.high-b.low)/16 + 1 {
		middle := whole(b.mean * float64(k))
		for side := range uint64(2) {
			for i := range uint64(60) {
				d := u128{0, uint64(float64(i) / 60 * 2.5 * b.deviation)}
				j := middle.plus(d)
				if side == 1 {
					if middle.less(d) {
						continue
					}
					j = middle.minus(d)
				}
				p, ok := b.look(k, b.off(k, j))
				require.True(t, ok)
				worst = max(worst, math.Abs(p-b.direct(k, b.off(k, j))))
			}
		}
	}
	return worst
}

// TestBandsMeet holds that each number of parts is in one band, and that bands are narrow.
func TestBandsMeet(t *testing.T) {
	last := uint64(fewest - 1)
	for k := uint64(fewest); k < 5000; k++ {
		low, high := bandOf(k)
		require.True(t, low <= k && k <= high)
		require.LessOrEqual(t, high-low, max(3, low/4))
		if k == low {
			require.Equal(t, last+1, low)
			last = high
		}
		require.Equal(t, last, high)
	}
}

// TestNearMean holds that the means of the grid are near, and few.
func TestNearMean(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for range 20_000 {
		n, w := 3+uint64(math.Exp(12*rng.Float64())), someWidth(rng)
		half := product(n, w)
		sum := whole(half.float() / 2 * math.Pow(rng.Float64(), 6))
		if sum == (u128{}) || half.minus(sum).less(sum) {
			continue
		}
		mean := nearMean(n, w, sum)
		require.Greater(t, mean, 0.0)
		require.LessOrEqual(t, mean, float64(w)/2)
		_, variance := moments(w, place{w: w, mean: mean}.tilt().rate)
		off := (mean - sum.float()/float64(n)) / math.Sqrt(variance/float64(n))
		require.Less(t, math.Abs(off), 1.25, "%d of 0..%d: %v", n, w, sum)
	}
	few := make(map[float64]bool)
	for sum := range uint64(300_000) {
		few[nearMean(1000, 600, u128{0, 1 + sum})] = true
	}
	require.Less(t, len(few), 400)
}

// fixed is a source of one word, and counts how many are taken.
type fixed struct {
	word  uint64
	words int
}

func (f *fixed) Uint64() uint64 {
	f.words++
	return f.word
}

// TestCoinsInDoubt holds that a coin which a lattice, or a short sum, cannot decide takes no other
// word if its first one is enough; and others if it is not.
func TestCoinsInDoubt(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 1))
	for range 100 {
		b, k, j := someBand(rng)
		if k > countable {
			continue
		}
		exact := b.at(k).counted(j, 200)
		p, _ := exact.Float64()
		if p < 0.1 || p > 0.9 {
			continue
		}
		for _, off := range []float64{-0.9 * b.slack, -0.9 * b.error, -1e-12, 1e-12, 0.9 * b.error, 0.9 * b.slack} {
			src := &fixed{word: uint64(math.Ldexp(p+off, 64))}
			c := toss(newWords(src))
			require.Equal(t, off < 0, b.decides(&c, k, j, 0))
			require.Equal(t, 1, src.words)
		}
		word, _ := new(big.Float).SetMantExp(exact, 64).Uint64()
		src := &fixed{word: word} // the next ones are the same, and decide
		c := toss(newWords(src))
		rest := new(big.Float).SetPrec(200).SetMantExp(exact, 64)
		rest.Sub(rest, new(big.Float).SetUint64(word))
		below := new(big.Float).SetMantExp(new(big.Float).SetUint64(word), -64).Cmp(rest) < 0
		require.Equal(t, below, b.decides(&c, k, j, 0))
		require.Greater(t, src.words, 1)
	}
}
