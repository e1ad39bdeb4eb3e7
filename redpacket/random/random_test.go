package random_test

import (
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/random"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestSeed holds that every bit of a seed is drawn, and that no two seeds are the same: a bit
// that is as it should be stays at one value for 100 seeds once in 2^99 times.
func TestSeed(t *testing.T) {
	var ones, zeros uint64
	seen := make(map[int64]bool)
	for range 100 {
		seed := random.Seed()
		require.False(t, seen[seed])
		seen[seed] = true
		ones |= uint64(seed)
		zeros |= ^uint64(seed)
	}
	require.Equal(t, 64, bits.OnesCount64(ones))
	require.Equal(t, 64, bits.OnesCount64(zeros))
}

// TestPCG holds that a seed which was written down makes the same words for ever, also the one
// with the sign.
func TestPCG(t *testing.T) {
	for seed, first := range map[int64]uint64{0: 0x38ffff682123e08a, 1: 0x9927a129abed2903, -1: 0x403fce155d15aaf2} {
		require.Equal(t, first, random.PCG(seed).Uint64(), "%d", seed)
		require.Equal(t, rand.NewPCG(uint64(seed), 0), random.PCG(seed))
	}
}

// TestCounted holds that counting changes no word and leaves none out.
func TestCounted(t *testing.T) {
	src, counted := random.PCG(7), random.Counted{Source: random.PCG(7)}
	for i := range 10 {
		require.EqualValues(t, i, counted.Words)
		require.Equal(t, src.Uint64(), counted.Uint64())
	}
	counted.Words = 0
	r := rand.New(&counted)
	r.Uint64()
	r.Uint32()
	require.EqualValues(t, 2, counted.Words, "through rand.Rand, too")
}

// BenchmarkSplit is the price of counting: a split of 1000 parts by the walk, which takes a word
// for each part that it draws, from a source that it knows, from one that it does not, and
// from one that counts.
func BenchmarkSplit(b *testing.B) {
	s, err := redpacket.New(redpacket.Params{N: 1000, Min: 1, Max: 80, Sum: 40_000}, redpacket.WithMethod(redpacket.Walk))
	require.NoError(b, err)
	for _, c := range []struct {
		name string
		src  rand.Source
	}{
		{"known", random.PCG(1)},
		{"unknown", struct{ rand.Source }{random.PCG(1)}},
		{"counted", &random.Counted{Source: random.PCG(1)}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var parts []int64
			for b.Loop() {
				parts = s.Append(parts[:0], c.src)
			}
		})
	}
}

func BenchmarkSeed(b *testing.B) {
	for b.Loop() {
		random.Seed()
	}
}
