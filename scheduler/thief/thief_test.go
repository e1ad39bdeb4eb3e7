package thief

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestKnob tries the smallest and the largest number of goroutines in the ring.
func TestKnob(t *testing.T) {
	for _, n := range []int64{places + 1, 386} {
		res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: map[string]int64{"goroutines": n}})
		require.NoError(t, err)
		if res.Verdict == experiment.UnmetRun {
			t.Skip(res.Reason)
		}
		require.Equal(t, experiment.Supported, res.Verdict, res.Reason)
	}
}

// TestModelIsNotLed holds that the model, which is shown the order that was seen, does
// not just repeat it.
func TestModelIsNotLed(t *testing.T) {
	right, err := modelled(t.Context(), make([]int64, 300))
	require.NoError(t, err)
	again, err := modelled(t.Context(), right)
	require.NoError(t, err)
	require.Equal(t, right, again)

	wrong := slices.Clone(right)
	slices.Reverse(wrong[:2])
	got, err := modelled(t.Context(), wrong)
	require.NoError(t, err)
	require.NotEqual(t, wrong, got)
}
