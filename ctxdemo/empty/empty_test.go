package empty

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// BenchmarkEvent is what an event costs that nobody waits for.
func BenchmarkEvent(b *testing.B) {
	for _, k := range kinds {
		b.Run(k.name, func(b *testing.B) {
			happen := k.make()
			b.ReportAllocs()
			for b.Loop() {
				happen()
			}
		})
	}
}

func TestWakeWakesAll(t *testing.T) {
	for name, way := range map[string]waking{"close": byClose, "broadcast": byBroadcast, "sends": bySends} {
		require.Positive(t, wake(3, way), name)
	}
}
