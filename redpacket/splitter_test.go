package redpacket

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lab.example/gopark/redpacket/random"
)

// someParams draws Params that are valid, of all sizes and shapes.
func someParams(t *rapid.T) Params {
	p := Params{N: rapid.OneOf(rapid.IntRange(0, 8), rapid.IntRange(9, 70), rapid.IntRange(71, 3000)).Draw(t, "n")}
	width := rapid.OneOf(rapid.Uint64Range(0, 20), rapid.Uint64Range(21, 5000), rapid.Uint64()).Draw(t, "width")
	low := new(big.Int).SetInt64(math.MinInt64)
	high := new(big.Int).Sub(big.NewInt(math.MaxInt64), new(big.Int).SetUint64(width))
	span := new(big.Int).Sub(high, low)
	from := new(big.Int).Mul(span, big.NewInt(rapid.Int64Range(0, 1000).Draw(t, "place")))
	p.Min = from.Add(from.Quo(from, big.NewInt(1000)), low).Int64()
	p.Max = int64(uint64(p.Min) + width)
	if rapid.Bool().Draw(t, "around zero") {
		p.Min, p.Max = -int64(width/3), int64(width-width/3)
		if width > math.MaxInt64 {
			p.Min, p.Max = math.MinInt64, math.MaxInt64
		}
	}
	n := big.NewInt(int64(p.N))
	least, most := new(big.Int).Mul(n, big.NewInt(p.Min)), new(big.Int).Mul(n, big.NewInt(p.Max))
	if max := big.NewInt(math.MaxInt64); most.Cmp(max) > 0 {
		most = max
	}
	if min := big.NewInt(math.MinInt64); least.Cmp(min) < 0 {
		least = min
	}
	if most.Cmp(least) < 0 {
		t.Skip("no sum that an int64 could hold")
	}
	// Mostly in the middle, often near an end.
	part := rapid.OneOf(rapid.Int64Range(0, 1000), rapid.Int64Range(0, 3), rapid.Int64Range(997, 1000)).Draw(t, "sum")
	sum := new(big.Int).Sub(most, least)
	sum.Quo(sum.Mul(sum, big.NewInt(part)), big.NewInt(1000))
	p.Sum = sum.Add(sum, least).Int64()
	return p
}

// TestAnyParams holds that a split of anything is one, and the same by each way to get it.
func TestAnyParams(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := someParams(t)
		require.NoError(t, p.Validate())
		seed := rapid.Uint64().Draw(t, "seed")
		source := func() rand.Source { return rand.NewPCG(seed, 1) }
		s, err := New(p)
		require.NoError(t, err)
		parts := s.Append([]int64{7}, source())
		require.EqualValues(t, 7, parts[0])
		parts = parts[1:]
		requireValid(t, p, parts)
		require.True(t, slices.Equal(parts, slices.Collect(s.All(source()))), "All")
		once, err := Split(p, source())
		require.NoError(t, err)
		require.True(t, slices.Equal(parts, once), "Split")
		if p.N > 0 {
			first, err := Next(source(), p)
			require.NoError(t, err)
			require.True(t, p.Min <= first && first <= p.Max)
		}
	})
}

// TestInfeasible holds that what cannot be split is refused by everybody, at once.
func TestInfeasible(t *testing.T) {
	for _, p := range []Params{
		{-1, 0, 1, 0},
		{0, 0, 1, 1},
		{3, 5, 4, 12},
		{50, 3, 8, 149},
		{50, 3, 8, 401},
		{math.MaxInt, 1, 2, 5},
		{math.MaxInt, math.MinInt64, -2, math.MinInt64},
		{2, math.MaxInt64, math.MaxInt64, -2}, // what the product is if it overflows
	} {
		_, err := New(p)
		require.ErrorIs(t, err, ErrInfeasible, "%v", p)
		_, err = Split(p, nil)
		require.ErrorIs(t, err, ErrInfeasible)
		_, err = Next(nil, p)
		require.ErrorIs(t, err, ErrInfeasible)
		require.Zero(t, p.Count().Sign())
		require.Zero(t, p.Marginal(p.Min).Sign())
	}
	_, err := Next(nil, Params{})
	require.ErrorIs(t, err, ErrInfeasible)
	_, err = New(Params{math.MaxInt, 0, 1, 5})
	require.ErrorContains(t, err, "too many")
}

// TestStopped holds that who stops reading gets no more, and that nothing is drawn for him.
func TestStopped(t *testing.T) {
	s, err := New(Params{100_000_000, 0, 9, 450_000_000})
	require.NoError(t, err)
	source := &random.Counted{Source: rand.NewPCG(1, 2)}
	n := 0
	for range s.All(source) {
		if n++; n == 10 {
			break
		}
	}
	require.Equal(t, 10, n)
	require.Less(t, source.Words, int64(10_000))
}

// TestSources holds that how a source is called makes no difference, and that none of its words
// is taken in advance.
func TestSources(t *testing.T) {
	p := Params{3000, -5, 60, 9000}
	s, err := New(p)
	require.NoError(t, err)
	for _, pair := range [][2]rand.Source{
		{rand.NewPCG(3, 4), rand.NewPCG(3, 4)},
		{rand.NewChaCha8([32]byte{5}), rand.NewChaCha8([32]byte{5})},
	} {
		direct, wrapped := pair[0], &random.Counted{Source: pair[1]}
		for range 3 {
			require.Equal(t, s.Append(nil, direct), s.Append(nil, wrapped))
			require.Equal(t, direct.Uint64(), wrapped.Uint64())
		}
	}
}

// TestConcurrent holds that a Splitter can be shared. The race detector looks on.
func TestConcurrent(t *testing.T) {
	p := Params{500, 1, 80, 9000}
	s, err := New(p)
	require.NoError(t, err)
	var all sync.WaitGroup
	for seed := range uint64(8) {
		all.Go(func() {
			alone, err := New(p)
			if err != nil {
				t.Error(err)
				return
			}
			src, again := rand.NewPCG(seed, 0), rand.NewPCG(seed, 0)
			for range 20 {
				if !slices.Equal(s.Append(nil, src), alone.Append(nil, again)) {
					t.Error("the splits differ from those of a splitter of one's own")
					return
				}
			}
		})
	}
	all.Wait()
}

// streams are the first 8 bytes of SHA-256 of some splits, each part as 8 bytes, little-endian, as
// they are in version 2 of the stream. They must be these on every machine.
var streams = map[Params]string{
	{50, 3, 8, 250}:           "34851096e9624c9a",
	{50, 3, 8, 399}:           "d6bdf33a9588d15b",
	{30, 0, 1, 3}:             "620f736de56f01df",
	{1000, 1, 80, 40000}:      "2b9537027c7bb3e2",
	{1000, 1, 80, 40500}:      "67f2acb031612490",
	{1000, 1, 80, 5000}:       "9f9dc993b3df4c64",
	{1000, 1, 80, 76000}:      "23f2021923df5bda",
	{1000, 0, 9999, 3000000}:  "06c49493d93c4786",
	{20000, -7, 2000, 300000}: "b6bcb6a2ef7ea6aa",
	{3, -9223372036854775808, 9223372036854775807, 5}:  "1e9708fe47aae4bc",
	{200, 0, 4611686018427387904, 1099511627776}:       "bd63832e9e82da3a",
	{200, 0, 4611686018427387904, 4611686018427387904}: "cb6dd498aaece07c",
	{10, -4611686018427387904, 4611686018427387904, 0}: "99c6b6935cc4fc7f",
	{100000, 0, 9, 300000}:                             "b581a499048ef02c",
}

func TestStream(t *testing.T) {
	require.Equal(t, 2, StreamVersion)
	for p, want := range streams {
		t.Run(fmt.Sprint(p), func(t *testing.T) {
			s, err := New(p)
			require.NoError(t, err)
			h := sha256.New()
			src := rand.NewPCG(1, 2)
			var buf []byte
			for range 1 + 3000/p.N {
				for _, v := range s.Append(nil, src) {
					buf = binary.LittleEndian.AppendUint64(buf[:0], uint64(v))
					h.Write(buf)
				}
			}
			require.Equal(t, want, hex.EncodeToString(h.Sum(nil)[:8]))
		})
	}
}

// TestNearTheTop holds that sums which a float64 cannot tell from the largest one are split.
func TestNearTheTop(t *testing.T) {
	for _, p := range []Params{
		{14, 1984, 2003191590173292, 28044682262426086},
		{3, -3, math.MaxInt64 / 3, math.MaxInt64/3*3 - 2},
		{1000, 0, math.MaxInt64 / 1000, math.MaxInt64/1000*1000 - 3},
		{1000, math.MinInt64 / 1000, 7, math.MinInt64/1000*1000 + 3},
	} {
		s, err := New(p)
		require.NoError(t, err)
		for range 20 {
			requireValid(t, p, s.Append(nil, nil))
		}
	}
}
