package coin

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestPicture holds that the first rounds of each build are drawn: the first one in the
// order that was recorded, and in each of the others all ten, once.
func TestPicture(t *testing.T) { experimenttest.Picture(t, Experiment, requirePicture) }

func requirePicture(t *testing.T, o experiment.Observations) {
	t.Helper()
	var seen observed
	require.NoError(t, o.Decode(&seen))
	var board timeline.Board
	orders := make(map[string][]int64) // by build and round
	for _, e := range o.Events {
		require.NoError(t, board.Apply(e))
		require.Equal(t, timeline.Observed, e.Provenance)
		if e.To == timeline.Running {
			i, err := strconv.ParseInt(e.Subject.ID, 10, 64)
			require.NoError(t, err)
			round := e.Attr("build") + " " + e.Attr("round")
			orders[round] = append(orders[round], i)
		}
	}
	require.Len(t, orders, plainRounds+raceRounds)
	require.Equal(t, seen.Plain, orders["plain 1"])
	require.Equal(t, seen.Race, orders["race 1"])
	for _, order := range orders {
		require.ElementsMatch(t, []int64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, order)
	}
}

// TestNoBuild holds that a build that is not possible here is no failure.
func TestNoBuild(t *testing.T) {
	_, err := shuffle(t.Context(), 1, "-race", "-nosuchflag")
	require.ErrorIs(t, err, experiment.ErrUnmet)
	require.ErrorContains(t, err, "nosuchflag")
}

func TestParse(t *testing.T) {
	orders, err := parse([]string{"9 0 1 2 3 4 5 6 7 8", "0 1 2 3 4 5 6 7 8 9", "9 0 1 2 3 4 5 6 7 8"})
	require.NoError(t, err)
	require.EqualValues(t, 2, distinct(orders))
	require.Equal(t, []int64{1, 0, 0, 0, 0, 0, 0, 0, 0, 2}, firsts(orders))
	for _, wrong := range []string{"0 1 2", "0 1 2 3 4 5 6 7 8 x", "0 1 2 3 4 5 6 7 8 10"} {
		_, err := parse([]string{wrong})
		require.ErrorContains(t, err, "read order")
	}
}
