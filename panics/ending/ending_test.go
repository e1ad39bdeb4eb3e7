package ending

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/plain/plaintest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestEveryProgramHasAnEnding holds that the two lists name the same programs.
func TestEveryProgramHasAnEnding(t *testing.T) {
	programs := slices.DeleteFunc(plaintest.Names(t), func(name string) bool {
		return strings.HasSuffix(name, ", the program of") // part of another one
	})
	var named []string
	for _, e := range endings {
		named = append(named, e.program)
	}
	require.ElementsMatch(t, programs, named)
}

func TestShell(t *testing.T) {
	require.Equal(t, 2, ending{status: 2}.shell())
	require.Equal(t, 143, ending{signal: "SIGTERM"}.shell())
}

// TestPicture holds that the five programs are drawn as the table has them, and that the
// telephone rings for those, and only those, whose $? is not 0.
func TestPicture(t *testing.T) { experimenttest.Picture(t, Experiment, requireNight) }

func requireNight(t *testing.T, o experiment.Observations) {
	t.Helper()
	var seen observed
	require.NoError(t, o.Decode(&seen))
	var board timeline.Board
	rang := make(map[string]bool)
	running := ""
	ended := make(map[string][]string)
	for _, e := range o.Events {
		require.NoError(t, board.Apply(e))
		switch {
		case e.Subject == telephone:
			require.Equal(t, timeline.Inferred, e.Provenance)
			rang[running] = rang[running] || e.To == timeline.Set
		case e.To == timeline.Running:
			running = e.Subject.ID
			require.NotEqual(t, timeline.Set, board.State(telephone))
		default:
			require.Equal(t, timeline.Observed, e.Provenance)
			ended[e.Subject.ID] = []string{e.Attr("status"), e.Attr("signal")}
		}
	}
	calls := 0
	for program, name := range night {
		row := seen.Programs.Row(program)
		require.Equal(t, row[1:3], ended[name], program)
		require.Equal(t, row[3] != "0", rang[name], program)
		if rang[name] {
			calls++
		}
	}
	require.Equal(t, len(night)-1, calls)
}
