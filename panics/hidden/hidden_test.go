package hidden

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/plain/plaintest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestEveryProgramHasAnOutcome holds that the two lists name the same programs.
func TestEveryProgramHasAnOutcome(t *testing.T) {
	programs := plaintest.Names(t)
	named := []string{giveWay}
	for _, e := range outcomes {
		named = append(named, e.deferred)
	}
	require.ElementsMatch(t, programs, named)
}

// TestPicture holds that the programs are drawn as the table has them: with the panic
// printed or not, ended or alive; and that the goroutine that has panicked is in the last.
func TestPicture(t *testing.T) { experimenttest.Picture(t, Experiment, requirePrinted) }

func requirePrinted(t *testing.T, o experiment.Observations) {
	t.Helper()
	var seen observed
	require.NoError(t, o.Decode(&seen))
	var board timeline.Board
	statuses := make(map[timeline.Subject]string)
	var found []string
	for _, e := range o.Events {
		require.NoError(t, board.Apply(e))
		require.Equal(t, timeline.Observed, e.Provenance)
		switch e.Subject.Kind {
		case timeline.Process:
			statuses[e.Subject] = e.Attr("status")
		case timeline.Goroutine:
			found = append(found, e.Attr("found"))
		}
	}
	require.Equal(t, []string{seen.Wait}, found)
	for program, name := range shown {
		p, row := picture{program: name}, seen.Programs.Row(program)
		require.Equal(t, row[2] == "panic: aaa", board.State(p.printed()) == timeline.Set, program)
		if row[1] == alive {
			require.Equal(t, timeline.Running, board.State(p.process()))
		} else {
			require.Equal(t, timeline.Exited, board.State(p.process()))
			require.Equal(t, row[1], statuses[p.process()])
		}
	}
}
