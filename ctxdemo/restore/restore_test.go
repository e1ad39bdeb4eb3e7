package restore

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestNamesAreUnique(t *testing.T) {
	names := make(map[string]bool)
	for _, l := range loops {
		require.False(t, names[l.name], l.name)
		require.NotContains(t, l.name, "|")
		names[l.name] = true
	}
}

// TestEveryKnob holds that the loops can be told apart with few rounds, too.
func TestEveryKnob(t *testing.T) {
	for _, rounds := range []int64{3, 4, 50} {
		res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: map[string]int64{"rounds": rounds}})
		require.NoError(t, err)
		require.Equal(t, experiment.Supported, res.Verdict, res.Reason)
	}
}

func TestEveryCell(t *testing.T) { experimenttest.EveryCell(t, Experiment, "/loops:rows") }
