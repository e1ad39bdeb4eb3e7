package biggest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/law"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// What the answers say: the last two have the best chance, and somebody in the middle the worst.
func TestNamedPositions(t *testing.T) {
	chance, err := law.Biggest(redpacket.DoubleAverage, packet)
	require.NoError(t, err)
	for i, c := range chance {
		if i < 8 {
			require.Greater(t, chance[9], c)
			require.Greater(t, chance[8], c)
		}
	}
	require.Less(t, chance[3], chance[0])

	places, err := law.Places(redpacket.DoubleAverage, packet)
	require.NoError(t, err)
	for i, place := range places {
		require.InDelta(t, 20, place.Mean, 0.31)
		require.LessOrEqual(t, places[0].Deviation, place.Deviation+0.04, "%d", i+1)
	}
	require.InDelta(t, 11.3, places[0].Deviation, 0.1)
	require.InDelta(t, 15.1, places[9].Deviation, 0.1)
}
