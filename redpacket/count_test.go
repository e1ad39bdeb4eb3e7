package redpacket

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// choose returns the number of ways to choose k of n.
func choose(n *big.Int, k uint64) *big.Int {
	ways := big.NewInt(1)
	for i := range k {
		ways.Mul(ways, new(big.Int).Sub(n, new(big.Int).SetUint64(i)))
		ways.Quo(ways, new(big.Int).SetUint64(i+1))
	}
	return ways
}

// TestCountsBySums holds splits and upTo to what adding up makes of them, number by number.
func TestCountsBySums(t *testing.T) {
	for w := range uint64(7) {
		row := []int64{1} // splits of every sum into n numbers
		for n := range uint64(9) {
			all := int64(0)
			for sum := range int64(n*w) + 3 {
				want := int64(0)
				if sum < int64(len(row)) {
					want = row[sum]
				}
				all += want
				require.Equal(t, want, splits(n, w, big.NewInt(sum)).Int64(), "%d into %d of 0..%d", sum, n, w)
				require.Equal(t, all, upTo(n, w, big.NewInt(sum)).Int64(), "up to %d into %d of 0..%d", sum, n, w)
			}
			more := make([]int64, len(row)+int(w))
			for sum, ways := range row {
				for v := range int(w) + 1 {
					more[sum+v] += ways
				}
			}
			row = more
		}
		require.Zero(t, splits(3, w, big.NewInt(-1)).Sign())
		require.Zero(t, upTo(3, w, big.NewInt(-1)).Sign())
	}
}

// TestCountsWithoutBound holds numbers that no table has to the ways to put bars among stars, which
// they are if nobody can have too much.
func TestCountsWithoutBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.Uint64Range(1, 200), rapid.Uint64Range(1, math.MaxInt64)).Draw(t, "n")
		stars := new(big.Int).SetUint64(rapid.Uint64().Draw(t, "stars"))
		few := n
		if few > 200 {
			stars.Rem(stars, big.NewInt(100)) // many parts and a large sum are a number of millions of digits
			few = stars.Uint64()
		}
		all := new(big.Int).Add(stars, new(big.Int).SetUint64(n))
		bars := choose(new(big.Int).Sub(all, big.NewInt(1)), min(few, n-1))
		require.Equal(t, bars.String(), excluding(n, math.MaxUint64, stars, n-1).String())
		require.Equal(t, choose(all, few).String(), excluding(n, math.MaxUint64, stars, n).String())
	})
}
