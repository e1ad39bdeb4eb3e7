package waiting

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

// TestPicture holds that the picture shows the context cancelled, then three goroutines
// gone, and the others where they were.
func TestPicture(t *testing.T) {
	experimenttest.Picture(t, Experiment, func(t *testing.T, o experiment.Observations) {
		last := make(map[timeline.Subject]timeline.State)
		cancelled := false
		for _, e := range o.Events {
			if e.To == timeline.Canceled {
				cancelled = true
			}
			if e.To == timeline.NotExist {
				require.True(t, cancelled, "%s ended before", e.Subject)
			}
			if before, ok := last[e.Subject]; ok {
				require.Equal(t, before, e.From, e.Subject)
			}
			last[e.Subject] = e.To
		}
		require.True(t, cancelled)
		for i, w := range workers {
			want := timeline.Waiting
			switch w.after {
			case ended:
				want = timeline.NotExist
			case computes:
				want = timeline.Running
			}
			require.Equal(t, want, last[timeline.G(i+1)], w.name)
		}
	})
}
