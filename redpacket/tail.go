package redpacket

import "math/bits"

// counts are the numbers of splits among few parts of a narrow range: small enough to look
// them up. The last parts of a split are drawn by one random number, which says which split it
// is, in lexicographic order.
type counts struct {
	parts uint64
	ways  [][]uint32 // ways[k][t] is the number of splits of t into k
}

const mostWays = 1 << 16

func newCounts(w uint64) *counts {
	c := &counts{parts: 2}
	if w >= 1<<8 {
		return c
	}
	m := w + 1
	for all := m * m * m; all <= mostWays && c.parts < 16; all *= m {
		c.parts++
	}
	if c.parts == 2 {
		return c
	}
	c.ways = [][]uint32{{1}}
	for k := uint64(1); k <= c.parts; k++ {
		fewer := c.ways[k-1]
		ways := make([]uint32, k*w+1)
		for t := range ways {
			for v := max(0, t-len(fewer)+1); v <= min(int(w), t); v++ {
				ways[t] += fewer[t-v]
			}
		}
		c.ways = append(c.ways, ways)
	}
	return c
}

// draw draws the last parts, whose sum is t. There are at most c.parts of them.
func (c *counts) draw(dst []int64, base int64, t u128, w uint64, from *words) {
	if len(dst) <= 2 || c.ways == nil {
		drawTwo(dst, base, t, w, from)
		return
	}
	rest := t.lo
	which := uint32(uniform(uint64(c.ways[len(dst)][rest])-1, from))
	for i := range dst {
		fewer := c.ways[len(dst)-1-i]
		v := rest - min(rest, uint64(len(fewer)-1))
		for which >= fewer[rest-v] {
			which -= fewer[rest-v]
			v++
		}
		dst[i] = base + int64(v)
		rest -= v
	}
}

// drawTwo draws one or two parts whose sum is t: the first one is anything that leaves what the
// second one may be.
func drawTwo(dst []int64, base int64, t u128, w uint64, from *words) {
	v := t.lo
	if len(dst) == 2 {
		low, high := uint64(0), w
		if t.hi == 0 && t.lo < w {
			high = t.lo
		}
		if less, borrow := bits.Sub64(t.lo, w, 0); t.hi > 0 || borrow == 0 {
			low = less
		}
		v = low + uniform(high-low, from)
		dst[0] = base + int64(v)
		v = t.lo - v
	}
	dst[len(dst)-1] = base + int64(v)
}
