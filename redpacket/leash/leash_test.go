package leash

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/redpacket"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestExactLaw compares the law with every possible walk, followed one by one.
func TestExactLaw(t *testing.T) {
	for _, p := range []redpacket.Params{
		{N: 2, Min: 3, Max: 8, Sum: 10},
		{N: 5, Min: 3, Max: 8, Sum: 25},
		{N: 6, Min: 0, Max: 5, Sum: 6},
		{N: 4, Min: 3, Max: 8, Sum: 12},
		{N: 4, Min: 3, Max: 8, Sum: 32},
		{N: 5, Min: 7, Max: 7, Sum: 35},
		{N: 6, Min: 0, Max: 3, Sum: 10}, // 10 is not divisible by 6
	} {
		want := followAll(p, 1, 0)
		got := exactLaw(p)
		require.InDelta(t, want.Outside, got.Outside, 1e-12, "%+v", p)
		require.InDelta(t, want.Draws, got.Draws, 1e-9, "%+v", p)
	}
}

// followAll adds up the law over all walks from part i on, ahead of the line.
func followAll(p redpacket.Params, i int, ahead int64) (l law) {
	mean := p.Sum / int64(p.N)
	if i == p.N {
		if last := mean - ahead; last < p.Min || last > p.Max {
			l.Outside = 1
		}
		return l
	}
	var allowed float64
	for part := p.Min; part <= p.Max; part++ {
		then := ahead + part - mean
		if then < p.Min-mean || then > p.Max-mean {
			continue
		}
		allowed++
		rest := followAll(p, i+1, then)
		l.Outside += rest.Outside
		l.Draws += rest.Draws
	}
	return law{l.Outside / allowed, l.Draws/allowed + float64(p.Max-p.Min+1)/allowed}
}

// The figures that the page and the answers name.
func TestNamedFigures(t *testing.T) {
	notes := exactLaw(redpacket.Params{N: 50, Min: 3, Max: 8, Sum: 250})
	require.InDelta(t, 0.1943, notes.Outside, 0.00005)
	require.InDelta(t, 1.36, notes.Draws/50, 0.02)

	middle := exactLaw(redpacket.Params{N: 1000, Min: 1, Max: 81, Sum: 41_000})
	require.Zero(t, middle.Outside, "where the mean is the middle, both ends of the leash are equal")
	require.InDelta(t, 4.0/3, middle.Draws/1000, 0.005)

	low := exactLaw(redpacket.Params{N: 50, Min: 3, Max: 8, Sum: 150})
	require.InDelta(t, 1, low.Outside, 1e-3)
	require.Greater(t, exactLaw(redpacket.Params{N: 50, Min: 3, Max: 8, Sum: 200}).Outside, 0.5)
}

func TestWalkKeepsItsSum(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, p := range []redpacket.Params{{N: 50, Min: 3, Max: 8, Sum: 250}, {N: 7, Min: 0, Max: 9, Sum: 30}} {
		parts := make([]int64, p.N)
		for range 100 {
			walk(p, rng, parts)
			var sum int64
			for i, part := range parts {
				sum += part
				if i < p.N-1 {
					require.GreaterOrEqual(t, part, p.Min)
					require.LessOrEqual(t, part, p.Max)
				}
			}
			require.Equal(t, p.Sum-p.Sum%int64(p.N), sum, "the remainder is lost")
		}
	}
}

func TestDivergence(t *testing.T) {
	require.Zero(t, divergence(0.3, 0.3))
	require.Zero(t, divergence(0, 0))
	require.Zero(t, divergence(1, 1))
	require.True(t, math.IsInf(divergence(0.1, 0), 1))
	require.True(t, math.IsInf(divergence(0.9, 1), 1))
	require.InDelta(t, math.Log(2), divergence(1, 0.5), 1e-12)
}

func TestKnobsThatDoNotFit(t *testing.T) {
	_, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: map[string]int64{"sum": 500}})
	require.ErrorIs(t, err, experiment.ErrKnob)
	require.ErrorContains(t, err, "too large")
	require.Equal(t, "50 parts of 3 to 8 take a sum of 150 to 400", hint.Of(err))
}

func TestFarFromTheMiddle(t *testing.T) {
	for _, knobs := range []map[string]int64{
		{"sum": 150},
		{"sum": 400},
		{"sum": 260, "parts": 51},
		{"parts": 1000, "min": 0, "max": 200, "sum": 1000},
		{"min": 5, "max": 5},
	} {
		res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: knobs})
		require.NoError(t, err)
		require.Equal(t, experiment.Supported, res.Verdict, "%v: %s", knobs, res.Reason)
	}
}

// BenchmarkWalk is the cost of one part, beside one number of the generator.
func BenchmarkWalk(b *testing.B) {
	p := redpacket.Params{N: 50, Min: 3, Max: 8, Sum: 250}
	rng := rand.New(rand.NewPCG(1, 2))
	b.Run("floor=Int64N", func(b *testing.B) {
		for b.Loop() {
			rng.Int64N(6)
		}
	})
	for _, sum := range []int64{250, 275, 200} {
		p.Sum = sum
		parts := make([]int64, p.N)
		b.Run("mean="+map[int64]string{250: "5", 275: "5.5", 200: "4"}[sum], func(b *testing.B) {
			for b.Loop() {
				walk(p, rng, parts)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(p.N), "ns/part")
		})
	}
}
