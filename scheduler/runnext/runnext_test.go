package runnext

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestKnob holds that the model agrees where half of the ring has moved, once and often.
func TestKnob(t *testing.T) {
	for _, n := range []int64{1, 258, 294, 1000} {
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
	const n = 300
	right, err := modelled(t.Context(), make([]int64, n))
	require.NoError(t, err)
	again, err := modelled(t.Context(), right)
	require.NoError(t, err)
	require.Equal(t, right, again)

	wrong := slices.Clone(right)
	slices.Reverse(wrong[n-2:])
	got, err := modelled(t.Context(), wrong)
	require.NoError(t, err)
	require.NotEqual(t, wrong, got)
}

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// BenchmarkCreate is the cost of creating, running and ending one goroutine when ten
// are created in a row.
func BenchmarkCreate(b *testing.B) {
	const n = 10
	nothing := func(int) {}
	b.ReportAllocs()
	for b.Loop() {
		create(n, nothing, nothing)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/goroutine")
}
