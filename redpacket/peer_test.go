package redpacket

import (
	"math"
	"testing"

	gxrand "github.com/AlexStocks/goext/math/rand"
	"github.com/stretchr/testify/require"
)

// peer returns what AlexStocks/goext splits p with, the one library in Go that was found to do so,
// or nil if its numbers are too large for it. Its parts are 1 or more, and it knows of no largest
// one: what is less than Min is taken off before.
func peer(p Params) func() ([]int32, error) {
	excess := p.excess()
	total := excess.plus(u128{0, uint64(p.N)})
	if p.N < 1 || p.N > math.MaxInt32 || (u128{0, math.MaxInt32}).less(total) {
		return nil
	}
	return func() ([]int32, error) { return gxrand.CalRedPacket(int32(total.lo), int32(p.N)) }
}

// TestPeer holds that what the benchmark compares with does the work.
func TestPeer(t *testing.T) {
	for _, p := range []Params{{1, 3, 8, 5}, {50, 3, 8, 250}, {1000, 1, 80, 40_000}} {
		split := peer(p)
		require.NotNil(t, split)
		for range 100 {
			parts, err := split()
			require.NoError(t, err)
			require.Len(t, parts, p.N)
			sum := int64(0)
			for _, v := range parts {
				require.Positive(t, v)
				sum += p.Min - 1 + int64(v)
			}
			require.Equal(t, p.Sum, sum)
		}
	}
	require.Nil(t, peer(Params{1_000_000, 0, 9999, 3_000_000_000}))
	require.Nil(t, peer(Params{}))
}
