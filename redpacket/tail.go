package redpacket

import (
	"math/bits"
	"sync"
)

// counts are the numbers of splits among few parts of a narrow range: few enough for a uint64, and
// to look them up. The last parts of a split are drawn by one random number, which says which
// split it is, in lexicographic order.
type counts struct {
	parts uint64
	w     int
	sums  [][]uint64 // sums[k][w+t] is the number of splits of t or less into k
}

const (
	mostLast   = 24
	mostWays   = 1 << 63
	manyWidths = 256
	fewValues  = 16 // are compared all; of more, half of them are left out at a time
)

// narrow are the counts of the narrow ranges: up to 50 kB each, made when they are needed first.
var narrow [manyWidths]func() *counts

func init() {
	for w := range narrow {
		narrow[w] = sync.OnceValue(func() *counts { return makeCounts(uint64(w), mostWays) })
	}
}

func newCounts(w uint64) *counts {
	if w == 0 || w >= manyWidths {
		return &counts{parts: 2}
	}
	return narrow[w]()
}

func makeCounts(w, most uint64) *counts {
	c := &counts{parts: 2, w: int(w)}
	m := w + 1
	for all := m * m; all <= (most-1)/m && c.parts < mostLast; all *= m {
		c.parts++
	}
	if c.parts == 2 {
		return c
	}
	for k := range int(c.parts) + 1 {
		c.sums = append(c.sums, c.row(k))
	}
	return c
}

// row returns sums[k], as long as it takes for another part to be in front. Below 0 there is nothing.
func (c *counts) row(k int) []uint64 {
	sums := make([]uint64, c.w+(k+1)*c.w+1)
	if k == 0 {
		for t := c.w; t < len(sums); t++ {
			sums[t] = 1
		}
		return sums
	}
	fewer := c.sums[k-1]
	for t := c.w; t < len(sums); t++ {
		sums[t] = sums[t-1] + fewer[min(t, len(fewer)-1)] // the part in front may be 0
		if t-c.w > c.w {
			sums[t] -= fewer[t-c.w-1] // but not more than w
		}
	}
	return sums
}

// draw draws the last parts, whose sum is t. There are at most c.parts of them.
func (c *counts) draw(dst []int64, base int64, t u128, from *words) {
	rest := int(t.lo)
	all := c.sums[len(dst)]
	which := uniform(all[c.w+rest]-all[c.w+rest-1]-1, from)
	for i := range dst {
		near := c.sums[len(dst)-1-i][rest : rest+c.w+1]
		v := c.w - firstFrom(near[:c.w], near[c.w]-which)
		which -= near[c.w] - near[c.w-v]
		dst[i] = base + int64(v)
		rest -= v
	}
}

// firstFrom returns where the first number is that is from or more, in a list of numbers below 2^63
// that do not become smaller. It has no branch that depends on them: that would be a surprise half
// of the time.
func firstFrom(list []uint64, from uint64) (at int) {
	for len(list) > fewValues {
		half := len(list) / 2
		less := -int((list[half-1] - from) >> 63) // all ones, or none
		at += half & less
		list = list[half&less : len(list)-half+half&less]
	}
	for _, x := range list {
		at += int((x - from) >> 63)
	}
	return at
}

// first draws the first of n parts whose sum is t: what draw would have put first.
func (c *counts) first(n, t uint64, from *words) uint64 {
	all := c.sums[n][c.w+int(t)-1:]
	near := c.sums[n-1][t:][:c.w+1]
	which := uniform(all[1]-all[0]-1, from)
	return uint64(c.w - firstFrom(near[:c.w], near[c.w]-which))
}

// last draws the last parts, whose sum is t, by counts if there are some.
func (c *counts) last(dst []int64, base int64, t u128, w uint64, from *words) {
	if len(dst) <= 2 || c.sums == nil {
		drawTwo(dst, base, t, w, from)
		return
	}
	c.draw(dst, base, t, from)
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
