package edges

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/law"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func TestEveryCell(t *testing.T) {
	experimenttest.EveryCell(t, Experiment, "/draws:rows", "/across:rows")
}

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// The figures that the answers and the page name.
func TestNamedFigures(t *testing.T) {
	low := law.OfWalk(redpacket.Params{N: 50, Min: 3, Max: 8, Sum: 150})
	require.InDelta(t, 5.6, low.Draws/50, 0.05)
	require.InDelta(t, 1, low.Outside, 1e-12)
	middle := law.OfWalk(redpacket.Params{N: 50, Min: 0, Max: 100, Sum: 2500})
	require.InDelta(t, 4.0/3, middle.Draws/50, 0.04)
	near := law.OfWalk(redpacket.Params{N: 50, Min: 0, Max: 100, Sum: 50})
	require.Greater(t, near.Draws/50, 25.0)
	require.InDelta(t, 1, near.Outside, 1e-6)
}

func TestKnobs(t *testing.T) {
	for _, parts := range []int64{2, 3, 17, 60} {
		res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: map[string]int64{"parts": parts}})
		require.NoError(t, err)
		require.Equal(t, experiment.Supported, res.Verdict, "%d parts: %s", parts, res.Reason)
	}
}
