package children

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// BenchmarkExperiment is the cost of two crowds and of a parent for each case.
func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestOneChild(t *testing.T) {
	res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: map[string]int64{"children": 1}})
	require.NoError(t, err)
	if res.Verdict == experiment.UnmetRun {
		t.Skip(res.Reason)
	}
	require.Equal(t, experiment.Supported, res.Verdict, res.Reason)
	var seen observed
	require.NoError(t, res.Observations.Decode(&seen))
	require.Zero(t, seen.Zombies, "one signal is enough for one child")
}
