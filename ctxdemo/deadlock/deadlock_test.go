package deadlock

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

// TestRowsAreUnique holds that no pair hides another one.
func TestRowsAreUnique(t *testing.T) {
	rows := make(map[[2]string]bool)
	for _, p := range pairs {
		row := [2]string{p.name, p.then}
		require.False(t, rows[row], row)
		rows[row] = true
	}
}

func TestEveryCell(t *testing.T) { experimenttest.EveryCell(t, Experiment, "/pairs:rows") }

// TestWithoutToolchain holds that the pairs are judged where no program can be built.
func TestWithoutToolchain(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	res, err := experiment.Do(t.Context(), Experiment, experiment.Options{})
	require.NoError(t, err)
	require.Equal(t, experiment.Supported, res.Verdict, res.Reason)
	absent, _ := res.Observations.Lookup("/programs/absent:reason")
	require.NotEmpty(t, absent)
}

// TestPicture holds what the picture is there for: in Lock the flags go up and nothing moves;
// in LockInterruptibly one flag goes up, and both go on.
func TestPicture(t *testing.T) {
	experimenttest.Picture(t, Experiment, func(t *testing.T, o experiment.Observations) {
		var board timeline.Board
		names := make(map[timeline.Subject]string)
		set := make(map[string]int)
		for _, e := range o.Events {
			require.NoError(t, board.Apply(e))
			names[e.Subject] = e.Attr("name")
			if e.To == timeline.Set {
				set[e.Subject.ID]++
			}
		}
		states := make(map[string]timeline.State)
		for _, s := range board.Subjects() {
			if s.Kind == timeline.Goroutine {
				states[names[s]] = board.State(s)
			}
		}
		require.Equal(t, map[string]timeline.State{
			"p-lock": timeline.Waiting, "q-lock": timeline.Waiting,
			"p-interruptibly": timeline.NotExist, "q-interruptibly": timeline.NotExist,
		}, states)
		require.Equal(t, map[string]int{"p-lock": 1, "q-lock": 1, "p-interruptibly": 1}, set)
	})
}
