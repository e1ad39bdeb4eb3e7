package price

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestOperationsSucceed holds that what is measured is what it is called: nobody has found a
// flag set that was not, or clear that was set, and each price has a place of its own.
func TestOperationsSucceed(t *testing.T) {
	seenSet = 0
	places := make(map[*float64]bool)
	var seen observed
	for _, o := range operations {
		repeat, end := o.make()
		repeat(10)
		end()
		require.False(t, places[o.in(&seen)], o.name)
		places[o.in(&seen)] = true
	}
	require.Zero(t, seenSet)
}

// BenchmarkOperations is each of them, with its allocations.
func BenchmarkOperations(b *testing.B) {
	for _, o := range operations {
		b.Run(o.what+"/"+o.name, func(b *testing.B) {
			b.ReportAllocs()
			repeat, end := o.make()
			defer end()
			b.ResetTimer()
			repeat(b.N)
		})
	}
}
