package registers

import (
	"math"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestPieces holds that it does not matter where the sum is cut.
func TestPieces(t *testing.T) {
	const rounds = 350_001
	var never atomic.Int64
	whole, done := mix(start, rounds, &never, math.MaxInt64)
	require.EqualValues(t, rounds, done)
	require.Equal(t, whole, inPieces(rounds))
}

// TestOneBit holds that the result shows a single wrong bit in any of the numbers, be
// it in the lowest place, after no more rounds than a time slice has.
func TestOneBit(t *testing.T) {
	const rounds = 100_000
	right := inPieces(rounds)
	for name, spoil := range map[string]func(*numbers){
		"a": func(n *numbers) { n.a ^= 1 },
		"b": func(n *numbers) { n.b ^= 1 },
		"c": func(n *numbers) { n.c ^= 1 },
		"d": func(n *numbers) { n.d ^= 1 },
		"x": func(n *numbers) { n.x = math.Nextafter(n.x, 1) },
		"y": func(n *numbers) { n.y = math.Nextafter(n.y, 1) },
	} {
		wrong := start
		spoil(&wrong)
		var never atomic.Int64
		got, _ := mix(wrong, rounds, &never, math.MaxInt64)
		require.NotEqual(t, right.String(), got.String(), name)
	}
}

// BenchmarkRound is the cost of one round of the loop.
func BenchmarkRound(b *testing.B) {
	var never atomic.Int64
	const rounds = 1000
	n := start
	for b.Loop() {
		n, _ = mix(n, rounds, &never, math.MaxInt64)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rounds, "ns/round")
}
