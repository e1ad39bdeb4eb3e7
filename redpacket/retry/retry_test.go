package retry

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/redpacket"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func TestEveryCell(t *testing.T) {
	experimenttest.EveryCell(t, Experiment, "/tries:rows", "/people:rows")
}

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// The library does not begin what it cannot end.
func TestHopelessIsRefused(t *testing.T) {
	for _, d := range []int64{75, 100, 125} {
		_, err := redpacket.New(at(d), redpacket.WithMethod(redpacket.Retry))
		require.ErrorIs(t, err, redpacket.ErrUnsuited)
	}
}

// The figures that the question, the answers and the page name.
func TestNamedFigures(t *testing.T) {
	for d, want := range map[int64]float64{0: 30.4, 25: 257, 75: 3.66e10} {
		tries, _ := tried(at(d))
		require.InEpsilon(t, want, tries, 0.02, "%d from the middle", d)
	}
	require.Equal(t, -129, chance(at(125)).MantExp(nil), "6^-50 is a little less than 2^-129")
}
