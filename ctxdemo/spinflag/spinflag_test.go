package spinflag

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

func TestNamesAreUnique(t *testing.T) {
	names := make(map[string]bool)
	for _, w := range workers {
		require.False(t, names[w.name], w.name)
		require.NotContains(t, w.name, "|")
		names[w.name] = true
	}
}

// TestPicture holds what the picture is there for: when the flag is set, the one that computes
// and the one that selects go on to their end by themselves, and the one that waits needs a job.
func TestPicture(t *testing.T) {
	experimenttest.Picture(t, Experiment, func(t *testing.T, o experiment.Observations) {
		var board timeline.Board
		woken := make(map[string]string)
		for _, e := range o.Events {
			require.NoError(t, board.Apply(e))
			if e.Subject.Kind == timeline.Goroutine && e.From == timeline.Waiting {
				name := e.Attr("name")
				flag := timeline.Subject{Kind: timeline.Flag, ID: name}
				require.Equal(t, timeline.Set, board.State(flag))
				woken[name] = e.Attr("by")
			}
		}
		require.Equal(t, map[string]string{"waiting": "a job", "selecting": ""}, woken)
		for _, s := range board.Subjects() {
			if s.Kind == timeline.Goroutine {
				require.Equal(t, timeline.NotExist, board.State(s))
			}
		}
	})
}
