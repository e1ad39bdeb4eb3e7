package runnext

import (
	"testing"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// BenchmarkCreate is the cost of creating, running and ending one goroutine when ten
// are created in a row.
func BenchmarkCreate(b *testing.B) {
	const n = 10
	nothing := func(int) {}
	b.ReportAllocs()
	for b.Loop() {
		create(n, nothing, nothing)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/goroutine")
}
