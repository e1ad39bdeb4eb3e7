package bias

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/redpacket"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func TestEveryCell(t *testing.T) {
	experimenttest.EveryCell(t, Experiment, "/bets:rows", "/places:rows")
}

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// The figures that the question, the answers and the page name.
func TestNamedFigures(t *testing.T) {
	p := redpacket.Params{N: 5, Min: 3, Max: 8, Sum: 25}
	walk, err := newBet(redpacket.Walk, p)
	require.NoError(t, err)
	require.Equal(t, 651, walk.Splits)
	require.Equal(t, 473, walk.Reached)
	require.InDelta(t, 4.0, walk.Likeliest, 0.05)
	require.InDelta(t, 0.19, walk.Invalid, 0.005)
	require.InDelta(t, 0.361, walk.fair, 0.005)
	require.InDelta(t, 0.710, walk.wins, 0.005)
	require.InDelta(t, walk.Distance, walk.wins-walk.fair, 1e-12, "no other bet has a larger advantage")

	fair, err := newBet(redpacket.Uniform, p)
	require.NoError(t, err)
	require.Empty(t, fair.on, "there is nothing to bet on")
}

func TestKnobs(t *testing.T) {
	for _, c := range []struct {
		knobs      map[string]int64
		want, hint string
	}{
		{map[string]int64{"sum": 100}, "too large", "5 parts of 3 to 8 take a sum of 15 to 40"},
		{map[string]int64{"parts": 12, "sum": 60}, "too many to know", "take fewer parts, or a smaller range"},
	} {
		_, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: c.knobs})
		require.ErrorIs(t, err, experiment.ErrKnob)
		require.ErrorContains(t, err, c.want)
		require.Equal(t, c.hint, hint.Of(err))
	}
	for _, knobs := range []map[string]int64{
		{"sum": 15}, {"sum": 38}, {"parts": 2, "sum": 11}, {"parts": 7, "max": 5, "sum": 28},
	} {
		res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: knobs})
		require.NoError(t, err)
		require.Equal(t, experiment.Supported, res.Verdict, "%v: %s", knobs, res.Reason)
	}
}
