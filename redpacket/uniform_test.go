package redpacket

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLevels holds that the levels are those to which the blocks lead, however many there are.
func TestLevels(t *testing.T) {
	for _, w := range []uint64{1, 5, 15, 16, 79, 1 << 20} {
		most := longBlocks(groupOf(w))
		for _, n := range []uint64{30, keep, keep + 1, most - 1, most, most + 1, most + mostBlock, most + mostBlock + 1, 3_000_000, 3_000_007} {
			u := newUniformly(Params{N: int(n), Max: int64(w), Sum: int64(n * w / 3)})
			if n > most {
				require.Less(t, u.block(n), uint64(mostBlock+mostGroup))
				require.GreaterOrEqual(t, u.block(n), uint64(mostBlock))
				require.Equal(t, u.block(n), u.block(most+1))
			}
			at := n
			for at > keep {
				at -= u.block(at)
			}
			for i := range u.levels {
				require.Equal(t, at, u.levels[i].n)
				at -= u.levels[i].size
			}
			require.LessOrEqual(t, at, u.tail.parts)
		}
	}
}
