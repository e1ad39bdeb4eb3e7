package registers

import (
	"fmt"
	"math"
	"sync/atomic"
)

// numbers is what the loop works on. In the loop, each is in a register of its own: the
// integers in general registers, the floats in vector registers.
type numbers struct {
	a, b, c, d uint64
	x, y       float64
}

var start = numbers{1, 2, 3, 4, 0.4, 0.2}

// mix stirs the numbers, so that one wrong bit anywhere would spread to all. It makes
// as many rounds as it is told, or fewer if turns reaches enough, and returns how many.
// There is no call in it: the loop has no place where it could be stopped by asking.
func mix(n numbers, rounds int64, turns *atomic.Int64, enough int64) (numbers, int64) {
	a, b, c, d, x, y := n.a, n.b, n.c, n.d, n.x, n.y
	var done int64
	for ; done < rounds && turns.Load() < enough; done++ {
		a = a*0x9e3779b97f4a7c15 + d
		b ^= a >> 29
		c += b
		d = d<<7 | d>>57
		d ^= c
		// Floats are rounded, and a wrong bit could be rounded away: so first every bit goes
		// into the integers, which forget nothing.
		d += math.Float64bits(x) ^ math.Float64bits(y)<<1
		x = 3.9 * x * (1 - x)
		y = y*0.5 + x
	}
	return numbers{a, b, c, d, x, y}, done
}

// String shows every bit.
func (n numbers) String() string {
	return fmt.Sprintf("%016x %016x %016x %016x %016x %016x",
		n.a, n.b, n.c, n.d, math.Float64bits(n.x), math.Float64bits(n.y))
}
