package redpacket

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/internal/child"
)

// TestCrew holds that a crew makes no difference, neither to the split nor to the source.
func TestCrew(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	for _, p := range []Params{
		{2_000_000, 1, 80, 10_000_000},
		{2_000_000, 0, 9999, 6_000_000_000},
		{2_000_000, 1, 80, 81_000_000},
		{2_000_000, 1, 80, 80_900_000},
		{2_000_000, 3, 8, 10_000_000},
		{2_000_000, 0, 1 << 40, 1 << 58},
		{2_000_000, 0, 80, 3},
		{2_000_000, 0, 80, 400_000},
		{2_000_000, 0, 1, 1_999_999},
	} {
		if child.RaceEnabled && p.Max != 80 {
			continue
		}
		s, err := New(p)
		require.NoError(t, err)
		src, again := rand.NewPCG(1, 2), rand.NewPCG(1, 2)
		parts := s.Append(nil, src)
		require.True(t, slices.Equal(slices.Collect(s.All(again)), parts), "%v", p)
		require.Equal(t, again.Uint64(), src.Uint64(), "%v", p)
	}
}

// TestCrewStopped holds that a source which panics takes the crew down with it.
func TestCrewStopped(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	s, err := New(Params{2_000_000, 1, 80, 80_000_000})
	require.NoError(t, err)
	require.Panics(t, func() { s.Append(nil, &exhausted{rand.NewPCG(1, 2), 100_000}) })
	goleak.VerifyNone(t)
}

// exhausted is a source that panics when it has no more words.
type exhausted struct {
	rand.Source
	left int
}

func (e *exhausted) Uint64() uint64 {
	if e.left--; e.left < 0 {
		panic("no more words")
	}
	return e.Source.Uint64()
}

// BenchmarkCrew is the time of a split of 10^7 parts with two processors, as a multiple of the time
// with one, in turns.
func BenchmarkCrew(b *testing.B) {
	for _, p := range []Params{
		{10_000_000, 1, 80, 300_000_000},
		{10_000_000, 1, 80, 405_000_000},
		{10_000_000, 3, 8, 50_000_000},
		{10_000_000, 0, 9999, 30_000_000_000},
	} {
		b.Run(fmt.Sprintf("%d..%d, sum %d", p.Min, p.Max, p.Sum), func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
			s, err := New(p)
			require.NoError(b, err)
			src, dst := rand.NewPCG(1, 2), make([]int64, 0, p.N)
			best := [2]float64{math.Inf(1), math.Inf(1)}
			for b.Loop() {
				for i := range best {
					runtime.GOMAXPROCS(1 + i)
					start := time.Now()
					dst = s.Append(dst[:0], src)
					best[i] = min(best[i], float64(time.Since(start).Nanoseconds())/float64(p.N))
				}
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(best[0], "ns/part-1")
			b.ReportMetric(best[1], "ns/part-2")
			b.ReportMetric(best[1]/best[0], "x")
		})
	}
}
