package pinned

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestSleepsAreCounted is the control of the count: a rally between locked goroutines
// cannot be played without any.
func TestSleepsAreCounted(t *testing.T) {
	m, err := measure(func() { rally(1000, true) })
	require.NoError(t, err)
	require.Positive(t, m.sleeps)
	require.Positive(t, m.took)
}

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// BenchmarkTurn is the cost of one turn, by pairs, and the ratio of the two measured in
// turns, so that both meet the same machine. Run it with -cpu 1 for one P.
func BenchmarkTurn(b *testing.B) {
	const turns = 1000
	var total [2]measurement
	for b.Loop() {
		for i, locked := range []bool{false, true} {
			m, err := measure(func() { rally(turns, locked) })
			require.NoError(b, err)
			total[i].took += m.took
		}
	}
	perTurn := func(m measurement) float64 { return float64(m.took.Nanoseconds()) / float64(b.N) / turns }
	b.ReportMetric(perTurn(total[0]), "ns/free")
	b.ReportMetric(perTurn(total[1]), "ns/locked")
	b.ReportMetric(perTurn(total[1])/perTurn(total[0]), "locked/free")
}
