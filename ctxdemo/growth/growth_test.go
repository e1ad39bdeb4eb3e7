package growth

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// BenchmarkTree is what a tree of so many contexts costs for each of them.
func BenchmarkTree(b *testing.B) {
	for _, n := range []int{10, 1000, 100_000} {
		for name, grow := range map[string]func(int) prices{
			"wide": growWide,
			"deep": growDeep,
		} {
			b.Run(fmt.Sprintf("%s=%d", name, n), func(b *testing.B) {
				var sum prices
				for b.Loop() {
					p := grow(n)
					sum.create, sum.cancel = sum.create+p.create, sum.cancel+p.cancel
				}
				b.ReportMetric(sum.create/float64(b.N), "create-ns/context")
				b.ReportMetric(sum.cancel/float64(b.N), "cancel-ns/context")
			})
		}
	}
}

func TestAlike(t *testing.T) {
	require.InDelta(t, 8, alike(10), 0, "ten times as many")
	require.InDelta(t, 20, alike(100), 0, "a fifth of what the square would give")
}
