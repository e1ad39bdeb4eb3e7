package remainder

import (
	"testing"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func TestEveryCell(t *testing.T) { experimenttest.EveryCell(t, Experiment, "/sums:rows", "/lost:rows") }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }
