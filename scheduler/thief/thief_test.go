package thief

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestPicture tries the smallest and the largest number of goroutines in the ring, too.
func TestPicture(t *testing.T) {
	experimenttest.Picture(t, Experiment, requirePicture,
		map[string]int64{"goroutines": places + 1}, map[string]int64{"goroutines": 386})
}

// requirePicture holds that the goroutines at the borders are drawn running in the order
// that was recorded, each after it has moved where it belongs: those of the global queue
// before any has run, the others after the thief has run the last of the global queue.
func requirePicture(t *testing.T, o experiment.Observations) {
	t.Helper()
	var seen observed
	require.NoError(t, o.Decode(&seen))
	var want []timeline.Subject
	for _, i := range seen.Order {
		if slices.Contains(borders(seen.Made), i) {
			want = append(want, timeline.G(int(i)))
		}
	}
	var run []timeline.Subject
	moved := make(map[timeline.Subject]string)
	var board timeline.Board
	for _, e := range o.Events {
		require.NoError(t, board.Apply(e))
		switch queue := e.Attr("queue"); {
		case e.To == timeline.Running:
			require.Equal(t, timeline.Observed, e.Provenance)
			require.NotEmpty(t, moved[e.Subject], e.Subject)
			run = append(run, e.Subject)
		case queue != "":
			require.Equal(t, timeline.Inferred, e.Provenance)
			require.Empty(t, moved[e.Subject])
			moved[e.Subject] = queue
			if queue == "global" {
				require.Empty(t, run)
			} else {
				require.Contains(t, run, timeline.G(ring))
			}
		}
	}
	require.Equal(t, want, run)
	for subject, queue := range moved {
		i, err := strconv.ParseInt(subject.ID, 10, 64)
		require.NoError(t, err)
		require.Equal(t, shared(i), queue == "global", subject)
	}
}

// TestModelIsNotLed holds that the model, which is shown the order that was seen, does
// not just repeat it.
func TestModelIsNotLed(t *testing.T) {
	right, err := modelled(t.Context(), make([]int64, 300))
	require.NoError(t, err)
	again, err := modelled(t.Context(), right)
	require.NoError(t, err)
	require.Equal(t, right, again)

	wrong := slices.Clone(right)
	slices.Reverse(wrong[:2])
	got, err := modelled(t.Context(), wrong)
	require.NoError(t, err)
	require.NotEqual(t, wrong, got)
}
