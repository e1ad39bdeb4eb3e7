package priority

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestModelled holds what the model says about both programs, which no machine can
// disturb.
func TestModelled(t *testing.T) {
	for policy, want := range map[string]struct {
		starves bool
		order   []string
	}{
		"go":               {false, []string{"low", "high", "middle"}},
		"no-async-preempt": {true, []string{"middle", "low", "high"}},
		"priority":         {true, []string{"middle", "high", "low"}},
		"fair":             {false, []string{"low", "high", "middle"}},
	} {
		turns, err := fewest(t.Context(), policy, 3)
		require.NoError(t, err)
		// One turn is what they get when the hog has ended and is told to give way.
		require.Equal(t, want.starves, turns <= 1, "%s: %d turns", policy, turns)
		order, err := inverted(t.Context(), policy)
		require.NoError(t, err)
		require.Equal(t, want.order, order, policy)
	}
	_, err := fewest(t.Context(), "lottery", 3)
	require.ErrorContains(t, err, "lottery")
}

// TestPicture holds that the three are drawn ending in the orders that were recorded, of
// the run and of the model; and that in a recorded run no two of them run at once, and high
// waits while the other two take turns.
func TestPicture(t *testing.T) {
	cases, err := experimenttest.Recorded("testdata")
	require.NoError(t, err)
	drawn := 0
	for _, c := range cases {
		if c.Supports && len(c.Observations.Events) > 0 { // one has not been recorded
			t.Run(c.Name, func(t *testing.T) {
				requireEnds(t, c.Observations)
				requireTurns(t, c.Observations.Events)
			})
			drawn++
		}
	}
	require.NotZero(t, drawn)
	res, err := experiment.Do(t.Context(), Experiment, experiment.Options{})
	require.NoError(t, err)
	if res.Verdict != experiment.UnmetRun {
		requireEnds(t, res.Observations)
	}
}

func requireEnds(t *testing.T, o experiment.Observations) {
	t.Helper()
	var seen observed
	require.NoError(t, o.Decode(&seen))
	var board timeline.Board
	called := make(map[timeline.Subject]string)
	ended := make(map[timeline.Provenance][]string)
	for _, e := range o.Events {
		require.NoError(t, board.Apply(e))
		if name := e.Attr("name"); name != "" {
			called[e.Subject] = name
		}
		if e.To == timeline.NotExist {
			ended[e.Provenance] = append(ended[e.Provenance], called[e.Subject])
		}
	}
	require.Len(t, board.Subjects(), 6)
	require.Equal(t, seen.Inversion, ended[timeline.Observed])
	require.Equal(t, seen.InversionPriorities, ended[timeline.Simulated])
}

func requireTurns(t *testing.T, events []timeline.Event) {
	t.Helper()
	var board timeline.Board
	turns := make(map[timeline.Subject]int) // while high waits
	for _, e := range events {
		require.NoError(t, board.Apply(e))
		running := 0
		for _, s := range board.Subjects() {
			if board.State(s) == timeline.Running {
				running++
			}
		}
		require.LessOrEqual(t, running, 1, e)
		if e.To == timeline.Running && board.State(timeline.G(high)) == timeline.Waiting {
			turns[e.Subject]++
		}
	}
	require.Greater(t, turns[timeline.G(low)], 1)
	require.Greater(t, turns[timeline.G(middle)], 1)
}

// TestOthersEnd holds that the others run, and end when they are told to.
func TestOthersEnd(t *testing.T) {
	c := crowd(2)
	for c.turns[0].Load() == 0 || c.turns[1].Load() == 0 {
		turns, _ := c.beside(func() { compute(time.Millisecond) })
		require.Len(t, turns, 2)
	}
	c.stop()
}
