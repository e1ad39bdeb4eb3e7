package group

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// BenchmarkRace reports how often a program whose member panics ends with 0, as
// /race/exit-zero:runs of the default number of tries.
func BenchmarkRace(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestPicture holds that main is drawn leaving Wait in the programs, and with what, as the
// table has it; that a member whose panic nobody recovers is still there when its process
// ends; and that nothing is called observed but what was.
func TestPicture(t *testing.T) { experimenttest.Picture(t, Experiment, requireRace) }

func requireRace(t *testing.T, o experiment.Observations) {
	t.Helper()
	var seen observed
	require.NoError(t, o.Decode(&seen))
	drawn := 0
	for _, c := range cases {
		p := picture{program: shown[c.actor()]}
		if p.program == "" {
			continue
		}
		drawn++
		main, member := p.goroutine(1), p.goroutine(2)
		var board timeline.Board
		returned, status := "never", ""
		for _, e := range o.Events {
			require.NoError(t, board.Apply(e))
			switch {
			case e.Subject == main && e.To == timeline.Running:
				returned = e.Attr("returned")
				require.Equal(t, timeline.Observed, e.Provenance)
			case e.Subject == p.process():
				require.Equal(t, timeline.Observed, e.Provenance)
				if e.To == timeline.Exited {
					status = e.Attr("status")
					require.Equal(t, c.returned != "error", board.State(member) == timeline.Running)
					require.Equal(t, c.returned == "never", board.State(main) == timeline.Waiting)
				}
			case e.Subject == main || e.Subject == member:
				require.Equal(t, timeline.Inferred, e.Provenance)
			}
		}
		row := seen.Programs.Row(c.name, c.member)
		require.Equal(t, row[2], returned)
		require.Equal(t, row[3], "exit "+status)
	}
	require.Len(t, shown, drawn)
}
