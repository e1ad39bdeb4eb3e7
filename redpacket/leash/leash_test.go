package leash

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/law"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// The figures that the page and the answers name.
func TestNamedFigures(t *testing.T) {
	notes := law.OfWalk(redpacket.Params{N: 50, Min: 3, Max: 8, Sum: 250})
	require.InDelta(t, 0.1943, notes.Outside, 0.00005)
	require.InDelta(t, 1.36, notes.Draws/50, 0.02)

	middle := law.OfWalk(redpacket.Params{N: 1000, Min: 1, Max: 81, Sum: 41_000})
	require.Zero(t, middle.Outside, "where the mean is the middle, both ends of the leash are equal")
	require.InDelta(t, 4.0/3, middle.Draws/1000, 0.005)

	low := law.OfWalk(redpacket.Params{N: 50, Min: 3, Max: 8, Sum: 150})
	require.InDelta(t, 1, low.Outside, 1e-3)
	require.Greater(t, law.OfWalk(redpacket.Params{N: 50, Min: 3, Max: 8, Sum: 200}).Outside, 0.5)
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
