package enumerate

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func TestEveryCell(t *testing.T) {
	experimenttest.EveryCell(t, Experiment, "/lists:rows", "/ways:rows", "/seen:rows")
}

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// The figures that the question and the answers name.
func TestNamedFigures(t *testing.T) {
	require.Equal(t, "651", packet(5).Count().String())
	require.Equal(t, "2930455", packet(10).Count().String())
}
