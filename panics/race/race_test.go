package race

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestFewWrites holds that the check has an opinion wherever the knobs are.
func TestFewWrites(t *testing.T) {
	res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: map[string]int64{"attempts": 1, "writes": 1}})
	require.NoError(t, err)
	if res.Verdict == experiment.UnmetRun {
		t.Skip(res.Reason)
	}
	require.Equal(t, experiment.Supported, res.Verdict, res.Reason)
}

// TestPicture holds that the writers of ints are drawn changing over with the flag down, and
// those of long keys with the flag up; that no two of a pair run at once; and that the
// processes end as the table has it.
func TestPicture(t *testing.T) { experimenttest.Picture(t, Experiment, requireTurns) }

func requireTurns(t *testing.T, o experiment.Observations) {
	t.Helper()
	var seen observed
	require.NoError(t, o.Decode(&seen))
	for _, w := range writers {
		p := picture{pair: shown[w.name]}
		if p.pair == "" {
			continue
		}
		var board timeline.Board
		var order []timeline.Subject
		status := ""
		for _, e := range o.Events {
			require.NoError(t, board.Apply(e))
			require.False(t, board.State(p.writer(1)) == timeline.Running && board.State(p.writer(2)) == timeline.Running)
			switch {
			case e.Subject == p.process():
				require.Equal(t, timeline.Observed, e.Provenance)
				status = e.Attr("status")
			case e.Subject == p.flag():
				require.Equal(t, timeline.Inferred, e.Provenance)
			case e.To == timeline.Running && (e.Subject == p.writer(1) || e.Subject == p.writer(2)):
				if len(order) > 0 {
					require.NotEqual(t, order[len(order)-1], e.Subject)
					require.Equal(t, w.certain == always, board.State(p.flag()) == timeline.Set)
				}
				order = append(order, e.Subject)
			}
		}
		row := seen.Writers.Row(w.what)
		if w.certain == always {
			require.Len(t, order, 2)
			require.Equal(t, "2", status)
			require.NotEqual(t, "0", row[1])
		} else {
			require.GreaterOrEqual(t, len(order), 3)
			require.Equal(t, "0", status)
			require.NotEqual(t, "0", row[2])
		}
	}
}

func TestEnds(t *testing.T) {
	var n ends
	n.add(experiment.Ending{})
	n.add(experiment.Ending{Exit: 2, Stderr: []string{noticed}})
	n.add(experiment.Ending{Exit: 2, Stderr: []string{"panic: boom"}})
	n.add(experiment.Ending{Exit: 2})
	n.add(experiment.Ending{Exit: -1, Signal: "SIGKILL"})
	require.Equal(t, ends{noticed: 1, unnoticed: 1, otherwise: 3}, n)
}

// BenchmarkWrite is a write with the map's own check, which may or may not notice.
func BenchmarkWrite(b *testing.B) {
	m := small()
	for i := 0; b.Loop(); i++ {
		m[i%keys] = i
	}
}

// BenchmarkLocked is what it costs to be certain, while nobody else wants the lock.
func BenchmarkLocked(b *testing.B) {
	var mu sync.Mutex
	m := small()
	for i := 0; b.Loop(); i++ {
		mu.Lock()
		m[i%keys] = i
		mu.Unlock()
	}
}
