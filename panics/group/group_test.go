package group

import (
	"testing"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// BenchmarkRace reports how often a program whose member panics ends with 0, as
// /race/exit-zero:runs of the default number of tries.
func BenchmarkRace(b *testing.B) { experimenttest.Bench(b, Experiment) }
