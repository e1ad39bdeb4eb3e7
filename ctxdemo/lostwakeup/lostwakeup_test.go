package lostwakeup

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestEveryCellCounts holds that the check looks at each cell of each schedule.
func TestEveryCellCounts(t *testing.T) {
	for i := range schedules {
		for j := range header[2:] {
			seen := expected()
			seen.Rows[i][j+2] = "something else"
			require.ErrorIs(t, seen.Equals(expected(), 2), experiment.ErrRefuted)
		}
	}
}

// TestPicture holds what the picture is there for: with the naive condition A ends and B waits
// on, although there was a signal; with the other one, one of the two ends as signalled.
func TestPicture(t *testing.T) {
	experimenttest.Picture(t, Experiment, func(t *testing.T, o experiment.Observations) {
		var board timeline.Board
		by := make(map[string]string)
		for _, e := range o.Events {
			require.NoError(t, board.Apply(e))
			if e.From == timeline.Waiting {
				by[e.Attr("name")] = e.Attr("by")
			}
		}
		require.Equal(t, map[string]string{
			"A-naive": interrupted,
			"A-first": interrupted, "B-first": signalled,
			"A-second": signalled,
		}, by)
	})
}
