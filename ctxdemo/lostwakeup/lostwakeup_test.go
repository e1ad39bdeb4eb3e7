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

func TestEveryCell(t *testing.T) { experimenttest.EveryCell(t, Experiment, "/schedules:rows") }

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
