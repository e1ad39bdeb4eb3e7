package redpacket

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lab.example/gopark/internal/child"
)

// counters are the two ways to count, by name: which one is quicker is of no account here.
var counters = map[string]func(l *lexicon, w uint64){
	"row":      (*lexicon).countByRow,
	"excluder": (*lexicon).countByExcluding,
}

// eachLexicon calls f with a function that opens the lexicon of p, of each kind.
func eachLexicon(p Params, f func(kind string, open func() *lexicon)) {
	for kind, count := range counters {
		f(kind, func() *lexicon {
			l := p.closedLexicon()
			count(l, l.most())
			return l
		})
	}
}

// TestRanksOfAll numbers all splits of all narrow Params, and holds that this is what Rank and
// Unrank do.
func TestRanksOfAll(t *testing.T) {
	parts := 6
	if child.RaceEnabled {
		parts = 4
	}
	for n := range parts {
		for width := range int64(5) {
			for sum := int64(0); sum <= int64(n)*width; sum++ {
				p := Params{n, -2, -2 + width, sum - 2*int64(n)}
				eachLexicon(p, func(kind string, open func() *lexicon) {
					place := int64(0)
					for parts := range p.Every() {
						require.Equal(t, place, open().rank(parts).Int64(), "%v %v %v", kind, p, parts)
						require.Equal(t, parts, open().unrank(big.NewInt(place)), "%v %v", kind, p)
						place++
					}
					require.Equal(t, place, open().all.Int64(), "%v %v", kind, p)
				})
			}
		}
	}
}

// TestRankOfVectors holds both ways of counting to numbers that others computed.
func TestRankOfVectors(t *testing.T) {
	tried := 0
	for _, v := range vectors(t) {
		for text, parts := range v.LexicographicRow {
			rank, ok := new(big.Int).SetString(text, 10)
			require.True(t, ok)
			eachLexicon(v.params(), func(kind string, open func() *lexicon) {
				require.Equal(t, text, open().rank(parts).String(), "%v %v", kind, v.Name)
				require.Equal(t, parts, open().unrank(rank), "%v %v", kind, v.Name)
				tried++
			})
		}
	}
	require.Greater(t, tried, 30)
}

// affordableRank reports whether Rank of p is a matter of milliseconds.
func affordableRank(p Params) bool {
	l := p.closedLexicon()
	n, m, sum := float64(l.n), float64(l.most())+1, l.rest.float()
	row := sum + 2*n*m
	return rowIsBetter(l.n, l.most(), l.rest) && row < 1e4 || n*n*min(n, sum/m+1) < 1e4
}

// TestRankAndBack holds that a place leads to a split and back, that the next place belongs to the
// split that follows, and that both ways of counting agree where both can be afforded.
func TestRankAndBack(t *testing.T) {
	kinds := make(map[bool]int)
	rapid.Check(t, func(t *rapid.T) {
		p := someParams(t)
		if !affordableRank(p) {
			p.N = min(p.N, 12)
			p.Sum = sumFor(p)
		}
		s, err := New(p)
		require.NoError(t, err)
		parts := s.Append(nil, rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		rank, err := s.Rank(parts)
		require.NoError(t, err)
		back, err := s.Unrank(rank)
		require.NoError(t, err)
		require.True(t, slices.Equal(parts, back), "%v", p)
		l := p.closedLexicon()
		better := rowIsBetter(l.n, l.most(), l.rest)
		kinds[better]++
		if better {
			l.countByExcluding(l.most())
			require.Equal(t, rank.String(), l.rank(parts).String(), "%v", p)
		}
		all := p.Count()
		require.Negative(t, rank.Cmp(all))
		if following(parts, p) {
			behind, err := s.Rank(parts)
			require.NoError(t, err)
			require.Equal(t, rank.Add(rank, big.NewInt(1)).String(), behind.String(), "%v", p)
		} else {
			require.Equal(t, rank.Add(rank, big.NewInt(1)).String(), all.String(), "%v: it is the last one", p)
		}
	})
	t.Log(kinds)
	require.NotZero(t, kinds[true])
	require.NotZero(t, kinds[false])
}

// sumFor returns a sum that p's parts can have, in the middle if that is an int64.
func sumFor(p Params) int64 {
	least, most := p.Sums()
	sum := least.Add(least, most)
	sum.Rsh(sum, 1)
	switch {
	case sum.IsInt64():
		return sum.Int64()
	case sum.Sign() < 0:
		return math.MinInt64
	}
	return math.MaxInt64
}

// TestRankOfThousand holds that the first and the last of 10^1886 splits are what they must be.
func TestRankOfThousand(t *testing.T) {
	p := Params{1000, 1, 80, 40_000}
	s, err := New(p)
	require.NoError(t, err)
	first, err := s.Unrank(new(big.Int))
	require.NoError(t, err)
	want := make([]int64, p.N)
	smallest(want, p, p.excess())
	require.Equal(t, want, first)

	place := p.Count()
	place.Sub(place, big.NewInt(1))
	last, err := s.Unrank(place)
	require.NoError(t, err)
	slices.Reverse(want) // as much as possible to the first ones: all bounds are the same
	require.Equal(t, want, last)
	back, err := s.Rank(last)
	require.NoError(t, err)
	require.Equal(t, place.String(), back.String())
}

// TestRankOfWide holds the search for a choice to ranges that are as wide as can be.
func TestRankOfWide(t *testing.T) {
	const lowest, highest = math.MinInt64, math.MaxInt64
	for _, p := range []Params{
		{1, lowest, highest, lowest},
		{1, lowest, highest, highest},
		{2, lowest, highest, 0},
		{2, lowest, highest, lowest},
		{3, lowest, highest, lowest},
		{3, lowest, highest, highest},
		{20, lowest, highest, -1},
		{20, 0, highest, highest},
		{20, lowest, 0, lowest},
		{30, -1 << 40, 1 << 40, 1 << 44},
	} {
		s, err := New(p)
		require.NoError(t, err)
		all := p.Count()
		src := rand.NewPCG(3, 4)
		for i := range 4 {
			rank := new(big.Int)
			switch i {
			case 1:
				rank.Sub(all, big.NewInt(1))
			case 2, 3:
				rank.SetUint64(src.Uint64())
				rank.Quo(rank.Mul(rank, all), new(big.Int).Lsh(big.NewInt(1), 64))
			}
			parts, err := s.Unrank(rank)
			require.NoError(t, err)
			requireValid(t, p, parts)
			back, err := s.Rank(parts)
			require.NoError(t, err)
			require.Equal(t, rank.String(), back.String(), "%v", p)
		}
	}
}

// TestNoRank holds that what is no split, and no place, is refused with the reason.
func TestNoRank(t *testing.T) {
	s, err := New(Params{3, 0, 5, 7})
	require.NoError(t, err)
	for _, c := range []struct {
		parts []int64
		want  string
	}{
		{nil, "rank: 0 parts, not 3"},
		{[]int64{1, 1, 1, 4}, "rank: 4 parts, not 3"},
		{[]int64{1, 1, 6}, "rank: part 2 is 6, not within 0..5"},
		{[]int64{5, 3, -1}, "rank: part 2 is -1, not within 0..5"},
		{[]int64{1, 1, 4}, "rank: the sum is 6, not 7"},
		{[]int64{5, 5, 5}, "rank: the sum is 15, not 7"},
	} {
		_, err := s.Rank(c.parts)
		require.EqualError(t, err, c.want)
	}
	all := s.Params().Count()
	for _, place := range []*big.Int{big.NewInt(-1), all, new(big.Int).Lsh(all, 700)} {
		before := place.String()
		_, err := s.Unrank(place)
		require.EqualError(t, err, fmt.Sprintf("unrank: there is no split %s: they are numbered from 0 to %d", before, all.Int64()-1))
	}
	place := big.NewInt(5)
	_, err = s.Unrank(place)
	require.NoError(t, err)
	require.EqualValues(t, 5, place.Int64(), "it is the caller's")
}

// BenchmarkRank is the price of a place and of the way back.
func BenchmarkRank(b *testing.B) {
	for _, p := range []Params{
		{50, 3, 8, 250},
		{200, 1, 80, 8000},
		{1000, 1, 80, 40_000},
		{50, 0, 1_000_000, 20_000_000},
		{50, math.MinInt64, math.MaxInt64, 0},
	} {
		s, err := New(p)
		require.NoError(b, err)
		parts := s.Append(nil, rand.NewPCG(1, 2))
		rank, err := s.Rank(parts)
		require.NoError(b, err)
		name := fmt.Sprintf("%d of %d..%d", p.N, p.Min, p.Max)
		b.Run(name+"/rank", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = s.Rank(parts)
			}
		})
		b.Run(name+"/unrank", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = s.Unrank(rank)
			}
		})
	}
}
