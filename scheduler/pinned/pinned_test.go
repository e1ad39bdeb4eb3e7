package pinned

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestPicture holds that the model's rallies are drawn as the page tells it: the players
// take turns; the unlocked ones need one thread; from one turn of the locked ones to the
// next, the P goes to two threads, of which none runs the player of another.
func TestPicture(t *testing.T) { experimenttest.Picture(t, Experiment, requirePicture) }

func requirePicture(t *testing.T, o experiment.Observations) {
	t.Helper()
	var seen observed
	require.NoError(t, o.Decode(&seen))
	var board timeline.Board
	var players []timeline.Subject                   // in the order of their turns
	var threads []timeline.Subject                   // that have had the P since the last turn
	var holder timeline.Subject                      // of the P
	homes := map[timeline.Subject]timeline.Subject{} // of the players
	for _, e := range o.Events {
		require.NoError(t, board.Apply(e))
		require.Equal(t, timeline.Simulated, e.Provenance)
		switch {
		case e.To != timeline.Running:
		case e.Subject.Kind == timeline.Thread:
			threads = append(threads, e.Subject)
			holder = e.Subject
		default:
			const opening = 2 // turns of the locked ones before both have a thread
			switch locked := len(players) - shown; {
			case locked < 0 && len(players) > 0:
				require.Empty(t, threads)
			case locked >= opening:
				require.EqualValues(t, (seen.ModelLocked+seen.Turns/2)/seen.Turns, len(threads))
			}
			if home, ok := homes[e.Subject]; ok {
				require.Equal(t, home, holder)
			}
			homes[e.Subject] = holder
			players, threads = append(players, e.Subject), nil
		}
	}
	free, locked := players[:shown], players[shown:]
	require.Len(t, locked, shown)
	for _, rally := range [][]timeline.Subject{free, locked} {
		for i := range rally {
			require.Equal(t, rally[i%2], rally[i])
		}
		require.NotEqual(t, rally[0], rally[1])
	}
	require.Equal(t, homes[free[0]], homes[free[1]])
	require.NotEqual(t, homes[locked[0]], homes[locked[1]])
}

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
