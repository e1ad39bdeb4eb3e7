package redpacket

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lab.example/gopark/internal/child"
)

// nextOf returns the next part of what a test gives away.
func nextOf(t require.TestingT, m *memory, src rand.Source) func(rest Params) int64 {
	from := newWords(src)
	return func(rest Params) int64 {
		v, err := m.next(rest, from)
		require.NoError(t, err)
		return v
	}
}

// TestNextOverAllSplits holds that what is given away part by part is a uniform split: as always;
// if nothing decides but exact numbers; and if all is forgotten now and then.
func TestNextOverAllSplits(t *testing.T) {
	for _, p := range []Params{
		{4, 3, 8, 20},
		{5, 0, 9, 38},
		{3, 0, 40, 13},
		{3, 0, 20, 25},
		{30, 0, 1, 2},
		{4, 0, 19, 12},
		{4, 0, 19, 55},
		{5, 0, 30, 9},
		{7, 0, 17, 3},
		{12, 0, 20, 2},
		{12, 0, 20, 238},
		{30, 0, 16, 1},
		{8, 0, 17, 132},
		{26, 0, 30, 2},
		{10, 0, 40, 4},
		{10, 0, 40, 396},
		{26, 0, 1500, 2},
		{90, 0, 16, 1},
		{40, 0, 2, 78},
		{20, 0, 15, 3},
	} {
		for name, doubt := range map[string]float64{"usual": 0, "in doubt": 2} {
			t.Run(fmt.Sprint(p, name), func(t *testing.T) {
				all := int(p.Count().Int64())
				if doubt > 0 && (all*p.N > 4000 || child.RaceEnabled) {
					return // exact numbers take long
				}
				m := newMemory()
				m.doubt = doubt
				next := nextOf(t, m, rand.NewPCG(uint64(p.Sum), uint64(p.N)))
				draws, drawn := 8*all, 0
				requireUniform(t, p, draws, func() []int64 {
					if drawn++; drawn%500 == 0 {
						*m = *newMemory()
						m.doubt = doubt
					}
					return giveAway(p, next)
				})
			})
		}
	}
}

// TestNextIsAFunction holds that what is remembered, and how much of a coin is in doubt, changes
// neither a part nor how many words it takes.
func TestNextIsAFunction(t *testing.T) {
	for _, p := range []Params{
		{60, 3, 8, 290},
		{40, 1, 80, 900},
		{50, 0, 1, 20},
		{12, 0, 9999, 30_000},
		{40, 0, 1 << 62, 1 << 62},
	} {
		t.Run(fmt.Sprint(p), func(t *testing.T) {
			warm, doubtful := newMemory(), newMemory()
			doubtful.doubt = 2
			src, again, third := rand.NewPCG(1, 1), rand.NewPCG(1, 1), rand.NewPCG(1, 1)
			next := nextOf(t, warm, src)
			for range 3 {
				giveAway(p, func(rest Params) int64 {
					v := next(rest)
					require.Equal(t, v, nextOf(t, newMemory(), again)(rest), "fresh, %v", rest)
					if !child.RaceEnabled {
						require.Equal(t, v, nextOf(t, doubtful, third)(rest), "in doubt, %v", rest)
					}
					return v
				})
				word := src.Uint64()
				require.Equal(t, word, again.Uint64())
				if !child.RaceEnabled {
					require.Equal(t, word, third.Uint64())
				}
			}
		})
	}
}

// TestNextToTheEnd holds that anything can be given away.
func TestNextToTheEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := someParams(t)
		src := rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)
		for p.N > 0 {
			v, err := Next(src, p)
			require.NoError(t, err)
			require.True(t, p.Min <= v && v <= p.Max)
			left := p.Sum - v
			if (left < p.Sum) != (v > 0) && v != 0 {
				return // what is left is no int64
			}
			p.N, p.Sum = p.N-1, left
			require.NoError(t, p.Validate())
		}
	})
}

// TestNextNearTheTop is about sums which a float64 cannot tell from the ends, and many parts.
func TestNextNearTheTop(t *testing.T) {
	for _, p := range []Params{
		{14, 1984, 2003191590173292, 28044682262426086},
		{3, -3, math.MaxInt64 / 3, math.MaxInt64/3*3 - 2},
		{1000, 0, math.MaxInt64 / 1000, math.MaxInt64/1000*1000 - 3},
		{1000, math.MinInt64 / 1000, 7, math.MinInt64/1000*1000 + 3},
		{300, math.MinInt64 / 300, math.MaxInt64 / 300, 5},
		{9, math.MinInt64 / 9, math.MaxInt64 / 9, math.MinInt64 / 9 * 8},
	} {
		next := nextOf(t, newMemory(), rand.NewPCG(1, 3))
		for range 5 {
			requireValid(t, p, giveAway(p, next))
		}
	}
	for _, n := range []int{100_000, 1 << 30} {
		p := Params{n, 0, 9, int64(n) * 4}
		v := nextOf(t, newMemory(), rand.NewPCG(1, 3))(p)
		require.True(t, 0 <= v && v <= 9)
	}
}

// TestNextConcurrent holds that goroutines do not disturb each other. The race detector looks on.
func TestNextConcurrent(t *testing.T) {
	p := Params{200, 1, 80, 4000}
	alone, shared := newMemory(), newMemory()
	var want [][]int64
	for seed := range uint64(8) {
		next := nextOf(t, alone, rand.NewPCG(seed, 0))
		for range 5 {
			want = append(want, giveAway(p, next))
		}
	}
	var all sync.WaitGroup
	for seed := range uint64(8) {
		all.Go(func() {
			from := newWords(rand.NewPCG(seed, 0))
			for i := range uint64(5) {
				got := giveAway(p, func(rest Params) int64 { v, _ := shared.next(rest, from); return v })
				if !slices.Equal(got, want[5*seed+i]) {
					t.Error("the parts differ from those that are drawn alone")
					return
				}
			}
		})
	}
	all.Wait()
}

// TestNextAllocatesNothing holds it of a rest that is known.
func TestNextAllocatesNothing(t *testing.T) {
	if child.RaceEnabled {
		return // it allocates on its own
	}
	src := rand.NewPCG(1, 2)
	require.Zero(t, testing.AllocsPerRun(1000, func() { _, _ = Next(src, Params{1000, 1, 80, 30_000}) }))
}

// nextStreams are like streams, of what is given away part by part.
var nextStreams = map[Params]string{
	{50, 3, 8, 250}:                                  "c201d54b41cf5a8a",
	{50, 3, 8, 399}:                                  "277f7bb824cede59",
	{1000, 1, 80, 30000}:                             "64f751a5860d8ec2",
	{1000, 1, 80, 40500}:                             "8c89606db170e75c",
	{1000, 1, 80, 76000}:                             "271efd9f2b1158a7",
	{100, 1, 2000, 50000}:                            "d09c34bb284fa3dd",
	{1000, 0, 9999, 3000000}:                         "b017e8fc0afe593a",
	{5000, -7, 2000, 300000}:                         "6d89bd3955e9ebc9",
	{30, -307445734561825860, 307445734561825860, 5}: "b20a98a2dacabf5f",
	{200, 0, 4611686018427387904, 1099511627776}:     "fe1eda3d355c3f8b",
}

func TestNextStream(t *testing.T) {
	require.Equal(t, 2, StreamVersion)
	for p, want := range nextStreams {
		t.Run(fmt.Sprint(p), func(t *testing.T) {
			h := sha256.New()
			src := rand.NewPCG(1, 2)
			var buf []byte
			for range 1 + 3000/p.N {
				for _, v := range giveAway(p, nextOf(t, remembered, src)) {
					buf = binary.LittleEndian.AppendUint64(buf[:0], uint64(v))
					h.Write(buf)
				}
			}
			require.Equal(t, want, hex.EncodeToString(h.Sum(nil)[:8]))
		})
	}
}

// TestFirstOfCounts holds that the first of the last parts is drawn as all of them are.
func TestFirstOfCounts(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for range 2000 {
		w := 1 + rng.Uint64N(manyWidths-1)
		c := newCounts(w)
		n := 3 + rng.Uint64N(c.parts-2)
		sum := rng.Uint64N(n*w + 1)
		seed := rng.Uint64()
		parts := make([]int64, n)
		c.draw(parts, 0, u128{0, sum}, newWords(rand.NewPCG(seed, 1)))
		require.EqualValues(t, parts[0], c.first(n, sum, newWords(rand.NewPCG(seed, 1))), "%d of 0..%d: %d", n, w, sum)
	}
}

// TestMemo holds that there is an end to what is remembered, and that it is what was made.
func TestMemo(t *testing.T) {
	m := newMemo[uint64](64)
	for i := range uint64(10_000) {
		p := place{w: i % 7, mean: float64(i / 3), parts: i % 3}
		require.Equal(t, i, m.keep(p, i))
		found, ok := m.find(p)
		require.True(t, ok)
		require.Equal(t, i, found)
	}
	kept := 0
	for i := range uint64(10_000) {
		if found, ok := m.find(place{w: i % 7, mean: float64(i / 3), parts: i % 3}); ok {
			require.Equal(t, i, found)
			kept++
		}
	}
	require.Equal(t, 64, kept)
}
