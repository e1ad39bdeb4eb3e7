package law

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/redpacket"
)

// TestPlacesAgainstAllResults compares what is followed from part to part with adding up all
// results.
func TestPlacesAgainstAllResults(t *testing.T) {
	for _, p := range cases {
		for _, m := range append([]redpacket.Method{redpacket.Uniform}, biased[:5]...) {
			places, err := Places(m, p)
			require.NoError(t, err)
			biggest, err := Biggest(m, p)
			require.NoError(t, err)
			results, err := Each(m, p)
			require.NoError(t, err)

			mean, square := make([]float64, p.N), make([]float64, p.N)
			most, top := make([]float64, p.N), make([]float64, p.N)
			for parts, probability := range results {
				largest := parts[0]
				for _, v := range parts {
					largest = max(largest, v)
				}
				for i, v := range parts {
					mean[i] += probability * float64(v)
					square[i] += probability * float64(v) * float64(v)
					if v >= p.Max {
						most[i] += probability
					}
					if v == largest {
						top[i] += probability
					}
				}
			}
			for i, place := range places {
				require.InDelta(t, mean[i], place.Mean, 1e-9, "%v %+v %d", m, p, i)
				deviation := math.Sqrt(max(0, square[i]-mean[i]*mean[i]))
				require.InDelta(t, deviation, place.Deviation, 1e-6, "%v %+v %d", m, p, i)
				require.InDelta(t, most[i], place.Most, 1e-9, "%v %+v %d", m, p, i)
				require.InDelta(t, top[i], biggest[i], 1e-9, "%v %+v %d", m, p, i)
			}
		}
	}
}

// The walk gives the first a mean of the middle, whatever the sum is, and the last has to pay.
func TestWhoPays(t *testing.T) {
	p := redpacket.Params{N: 50, Min: 3, Max: 8, Sum: 250}
	walk, err := Places(redpacket.Walk, p)
	require.NoError(t, err)
	require.InDelta(t, 5.5, walk[0].Mean, 1e-9)
	require.InDelta(t, 4.0, walk[49].Mean, 1e-6)

	leash, err := Places(redpacket.Leash, p)
	require.NoError(t, err)
	for _, place := range leash {
		require.InDelta(t, 5, place.Mean, 1e-9, "the leash favours no position, in the mean")
	}

	far := redpacket.Params{N: 1000, Min: 1, Max: 80, Sum: 20_000}
	window, err := Places(redpacket.Window, far)
	require.NoError(t, err)
	require.InDelta(t, 40.5, window[0].Mean, 1e-9)
	require.InDelta(t, 40.5, window[249].Mean, 0.01)
	require.InDelta(t, 1, window[999].Mean, 0.01)
	symmetric, err := Places(redpacket.Symmetric, far)
	require.NoError(t, err)
	for _, place := range symmetric {
		require.InDelta(t, 20, place.Mean, 1.6)
	}
}
