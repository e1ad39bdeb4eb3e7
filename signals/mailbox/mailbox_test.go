package mailbox

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestPicture holds that the messages are drawn going into the queue as they are sent, and
// out of it as the table says; and that those which are left stay.
func TestPicture(t *testing.T) { experimenttest.Picture(t, Experiment, requireTaking) }

func requireTaking(t *testing.T, o experiment.Observations) {
	t.Helper()
	var seen observed
	require.NoError(t, o.Decode(&seen))
	var board timeline.Board
	names := make(map[timeline.Subject]string)
	for _, m := range sent {
		names[queued(m)] = m
	}
	var in, out []string
	for _, e := range o.Events {
		require.NoError(t, board.Apply(e))
		require.Equal(t, timeline.Observed, e.Provenance)
		if e.To == timeline.Set {
			in = append(in, names[e.Subject])
			require.Equal(t, strconv.Itoa(len(in)), e.Attr("sent"))
		} else {
			out = append(out, names[e.Subject])
			require.Equal(t, strconv.Itoa(len(out)), e.Attr("taken"))
		}
	}
	require.Equal(t, sent, in)
	row := seen.Taken.Row("-2", "")
	require.Equal(t, row[2], strings.Join(out, " "))
	var left []string
	for _, s := range board.Subjects() {
		if board.State(s) == timeline.Set {
			left = append(left, names[s])
		}
	}
	require.Equal(t, row[3], strings.Join(left, " "))
}
