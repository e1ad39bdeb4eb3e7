package spinning

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestModelled holds what the model says, for other numbers of Ps too: it wakes a
// thread for each idle P at least, one at a time; and of threads that run out of work
// together, half, rounded up, look for more.
func TestModelled(t *testing.T) {
	for _, procs := range []int{2, 3, 4, 8, 16} {
		w, err := wakesOf(t.Context(), procs, 64)
		require.NoError(t, err)
		require.GreaterOrEqual(t, w.threads, int64(procs-1))
		require.EqualValues(t, 1, w.atOnce)
		require.EqualValues(t, 1, w.inLoop)

		var board timeline.Board
		for _, e := range w.events {
			require.NoError(t, board.Apply(e))
		}

		look, giveUp, err := ends(t.Context(), procs)
		require.NoError(t, err)
		require.EqualValues(t, (procs+1)/2, look)
		require.EqualValues(t, procs/2, giveUp)
	}
}

// BenchmarkBurst is what a burst costs, per goroutine. Run it with -cpu 1,2,8.
func BenchmarkBurst(b *testing.B) {
	const n = 64
	for b.Loop() {
		burst(n)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/goroutine")
}
