package deadlock

import (
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

// TestEveryProgramHasAnOutcome holds that the two lists name the same programs.
func TestEveryProgramHasAnOutcome(t *testing.T) {
	programs := plaintest.Names(t)
	var named []string
	for _, e := range outcomes {
		if e.built == plainly {
			named = append(named, e.besides)
		}
	}
	require.ElementsMatch(t, programs, named)
}

// TestPicture holds that every goroutine of the three programs is drawn as it waits; that
// only the one of os/signal does so in a system call; and that only the process that the
// table says has been ended is drawn as ended.
func TestPicture(t *testing.T) { experimenttest.Picture(t, Experiment, requireAsleep) }

func requireAsleep(t *testing.T, o experiment.Observations) {
	t.Helper()
	var seen observed
	require.NoError(t, o.Decode(&seen))
	var board timeline.Board
	goroutines := make(map[string][]timeline.State)
	for _, e := range o.Events {
		require.NoError(t, board.Apply(e))
		require.Equal(t, e.Subject.Kind == timeline.Goroutine && e.To == timeline.NotExist, e.Provenance == timeline.Inferred)
		if e.Subject.Kind != timeline.Goroutine || e.To == timeline.NotExist {
			continue
		}
		_, program, _ := strings.Cut(e.Subject.ID, "/")
		goroutines[program] = append(goroutines[program], e.To)
		require.Equal(t, e.Attr("of") == "os/signal.loop", e.To == timeline.Syscall, e)
	}
	require.Equal(t, map[string][]timeline.State{
		"crosswise":   {timeline.Waiting, timeline.Waiting, timeline.Waiting},
		"ticker":      {timeline.Waiting, timeline.Waiting},
		"Notify+Stop": {timeline.Waiting, timeline.Syscall},
	}, goroutines)
	for besides, program := range shown {
		want := timeline.Running
		if seen.Programs.Row(besides, plainly)[2] != silent {
			want = timeline.Exited
		}
		require.Equal(t, want, board.State(picture{program: program}.process()), besides)
	}
}
