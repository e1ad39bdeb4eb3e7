package loop

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestPicture holds that each loop is drawn as it was judged: a deaf one is asked, all in
// vain, and lets the other in when it is over; one that hears does so at each request.
func TestPicture(t *testing.T) { experimenttest.Picture(t, Experiment, requirePicture) }

func requirePicture(t *testing.T, o experiment.Observations) {
	t.Helper()
	var seen observed
	require.NoError(t, o.Decode(&seen))
	var board timeline.Board
	during := make(map[string]int64) // turns of the other one, by loop
	after := make(map[string]int64)
	asked := make(map[string][]int) // how often, before each of these turns
	requests := 0
	for _, e := range o.Events {
		require.NoError(t, board.Apply(e))
		require.False(t, board.State(looper) == timeline.Running && board.State(other) == timeline.Running)
		if e.Subject == request {
			require.Equal(t, timeline.Inferred, e.Provenance)
			if e.To == timeline.Set {
				requests++
			}
		}
		if e.Subject == other && e.To == timeline.Running {
			require.Equal(t, timeline.Observed, e.Provenance)
			loop := e.Attr("during") + e.Attr("after")
			if e.Attr("after") == "" {
				during[loop]++
			} else {
				after[loop]++
			}
			asked[loop] = append(asked[loop], requests)
			requests = 0
		}
	}
	require.Equal(t, map[string]int64{"deep": min(seen.Deep, shown)}, during)
	require.EqualValues(t, 1, after["plain"])
	require.EqualValues(t, 1, after["leaf"])
	require.Equal(t, []int{shown}, asked["plain"])
	require.Equal(t, []int{shown}, asked["leaf"])
	for _, n := range asked["deep"][:during["deep"]] {
		require.Equal(t, 1, n)
	}
}

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }
