package overflow

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestKnob tries the sizes at which something changes.
func TestKnob(t *testing.T) {
	for _, n := range []int64{2, places, places + 1, places + 2, 386} {
		res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: map[string]int64{"goroutines": n}})
		require.NoError(t, err)
		if res.Verdict == experiment.UnmetRun {
			t.Skip(res.Reason)
		}
		require.Equal(t, experiment.Supported, res.Verdict, res.Reason)
	}
}

// TestEveryPhase builds the order for every place at which the first start that
// belongs to the global queue can fall, and holds that the check accepts each, and
// none in which one such start is missing or one too early.
func TestEveryPhase(t *testing.T) {
	for _, n := range []int64{places + 1, 300, 386} {
		for first := range turn {
			right := runs(n, first, turn)
			require.Len(t, right, int(n))
			require.NoError(t, checkOrder(n, right), "%d, first at %d", n, first)
			require.ErrorIs(t, checkOrder(n, runs(n, first, turn+1)), experiment.ErrRefuted)
			require.ErrorIs(t, checkOrder(n, runs(n, first, turn-1)), experiment.ErrRefuted)
		}
		require.ErrorContains(t, checkOrder(n, runs(n, turn, turn)), "within 61 starts")
	}
}

// runs returns the order in which n goroutines run if the global queue is looked at
// first at counted start first and every period starts from then on.
func runs(n int64, first, period int) []int64 {
	var local, global []int64
	for i := range n - 1 {
		if moved(n, i) {
			global = append(global, i)
		} else {
			local = append(local, i)
		}
	}
	var order []int64
	for place := 0; len(local) > 0; place++ {
		if place >= first && (place-first)%period == 0 {
			order, global = append(order, global[0]), global[1:]
		} else {
			order, local = append(order, local[0]), local[1:]
		}
	}
	newest := []int64{n - 1}
	if first == 0 { // before anything else is looked at
		newest, order = []int64{order[0], n - 1}, order[1:]
	}
	return append(append(newest, order...), global...)
}
