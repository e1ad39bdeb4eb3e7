package redpacket

import "math/bits"

// batch is how many words are taken at a time: enough to keep the calls of the source apart
// from the look-ups, and few enough for the stack.
const batch = 128

// fill draws len(dst) parts and adds base to each. It returns their sum, without the bases.
// len(dst) is a multiple of l.group.
func (l *law) fill(dst []int64, base int64, from *words) u128 {
	var sum u128
	switch {
	case l.rate == 0:
		sum = l.fillFlat(dst, base, from)
	case l.group > 1:
		sum = l.fillGroups(dst, base, from)
	case l.shift == 0:
		sum = l.fillNarrow(dst, base, from)
	default:
		sum = l.fillWide(dst, base, from)
	}
	return sum
}

// turn returns what makes v of a value, or w-v if the law is flipped: (v ^ mask) + add.
func (l *law) turn(base int64) (mask, add int64) {
	if l.flip {
		return -1, base + int64(l.w) + 1
	}
	return 0, base
}

// turned returns the sum of n values which before they were turned had this sum.
func (l *law) turned(n int, sum u128) u128 {
	if l.flip {
		return product(uint64(n), l.w).minus(sum)
	}
	return sum
}

// fillNarrow has no branch in its loop that depends on what is drawn.
func (l *law) fillNarrow(dst []int64, base int64, from *words) u128 {
	var buf [batch]uint64
	mask, add := l.turn(base)
	cells, b := l.cells, l.bits&31
	index := uint32(len(cells) - 1)
	var sum uint64
	var seen uint32
	for done := 0; done < len(dst); {
		part := dst[done:min(len(dst), done+2*batch)]
		ws := buf[:(len(part)+1)/2]
		from.fill(ws)
		for len(part) >= 2 {
			x := ws[0]
			ws = ws[1:]
			v0 := pick(cells, index, b, uint32(x))
			v1 := pick(cells, index, b, uint32(x>>32))
			part[0] = (int64(v0) ^ mask) + add
			part[1] = (int64(v1) ^ mask) + add
			part = part[2:]
			sum += uint64(v0) + uint64(v1)
			seen |= v0 | v1
		}
		if len(part) == 1 {
			v := pick(cells, index, b, uint32(ws[0]))
			part[0] = (int64(v) ^ mask) + add
			sum += uint64(v)
			seen |= v
		}
		done = min(len(dst), done+2*batch)
	}
	total := u128{0, sum}
	if seen&escape != 0 {
		for i, y := range dst {
			if (y-add)^mask == escape {
				v := l.drawEscaped(from)
				dst[i] = (int64(v) ^ mask) + add
				total = total.plus(u128{0, v}).minus(u128{0, escape})
			}
		}
	}
	return l.turned(len(dst), total)
}

// pick returns the symbol of a cell for 32 random bits: the low ones choose the cell, the others
// are compared with its threshold.
func pick(cells []cell, index uint32, b uint, x uint32) uint32 {
	c := cells[x&index]
	v := c.pair
	if x>>b >= c.threshold {
		v ^= v >> 16
	}
	return v & 0xffff
}

// fillGroups draws two symbols with a word. What they stand for is turned round already.
func (l *law) fillGroups(dst []int64, base int64, from *words) u128 {
	var buf [batch]uint64
	cells, b, group := l.cells, l.bits&31, l.group
	index := uint32(len(cells) - 1)
	var sum uint64
	for len(dst) > 0 {
		n := min(2*batch, len(dst)/group)
		ws := buf[:(n+1)/2]
		from.fill(ws)
		for i := range n {
			v := pick(cells, index, b, uint32(ws[i/2]>>(i%2*32)))
			if v == escape {
				v = uint32(l.drawEscaped(from))
			}
			s := l.symbols[v]
			sum += s >> 56
			part := dst[:group]
			dst = dst[group:]
			if len(part) == 3 { // the usual red packet of 3..8
				part[0], part[1], part[2] = base+int64(s&0xff), base+int64(s>>8&0xff), base+int64(s>>16&0xff)
				continue
			}
			for j := range part {
				part[j] = base + int64(s&0xff)
				s >>= 8
			}
		}
	}
	return u128{0, sum}
}

// fillWide draws one part with a word for the high half, and one or more for the low one.
func (l *law) fillWide(dst []int64, base int64, from *words) u128 {
	mask, add := l.turn(base)
	var sum u128
	for i := range dst {
		v := l.drawWide(from)
		dst[i] = (int64(v) ^ mask) + add
		sum = sum.plus(u128{0, v})
	}
	return l.turned(len(dst), sum)
}

func (l *law) drawWide(from *words) uint64 {
	index := uint32(len(l.cells) - 1)
	for {
		x := from.next()
		high := uint64(pick(l.cells, index, l.bits&31, uint32(x)))
		if high == escape {
			high = l.drawEscaped(from)
		}
		// The low bits of a value are the upper ones of the word, if they are enough.
		low := x >> 32
		if l.shift > 32 {
			low = from.next()
		}
		low &= 1<<l.shift - 1
		v := high<<l.shift | low
		if l.keeps(low, from) && v <= l.w {
			return v
		}
	}
}

// setFlat prepares the law in which all values are equally likely.
func (l *law) setFlat() {
	if l.w >= 1<<28 {
		return
	}
	m := l.w + 1
	for l.limit = 1; l.limit <= 1<<57/m && l.digits < 64; l.limit *= m {
		l.digits++
	}
}

// fillFlat takes several values out of a word, as Brackett-Rozinsky and Lemire do: each is the
// upper half of a product, the lower half goes into the next one, and the last lower half says
// whether the word was one of those that would favour some values.
func (l *law) fillFlat(dst []int64, base int64, from *words) u128 {
	if l.w >= 1<<28 {
		return l.fillFlatWide(dst, base, from)
	}
	var sum uint64
	m, limit, digits := l.w+1, l.limit, l.digits
	unfair := -limit % limit
	for len(dst) > 0 {
		part := dst[:min(len(dst), digits)]
		for {
			x := from.next()
			var total uint64
			for i := range part {
				var v uint64
				v, x = bits.Mul64(x, m)
				part[i] = base + int64(v)
				total += v
			}
			if len(part) == digits && x < unfair {
				continue
			}
			if len(part) < digits && x < -power(m, len(part))%power(m, len(part)) {
				continue
			}
			sum += total
			break
		}
		dst = dst[len(part):]
	}
	return u128{0, sum}
}

func power(m uint64, n int) uint64 {
	p := uint64(1)
	for range n {
		p *= m
	}
	return p
}

func (l *law) fillFlatWide(dst []int64, base int64, from *words) u128 {
	var sum u128
	for i := range dst {
		v := uniform(l.w, from)
		dst[i] = base + int64(v)
		sum = sum.plus(u128{0, v})
	}
	return sum
}

// uniform draws one of 0..w, which are equally likely.
func uniform(w uint64, from *words) uint64 {
	m := w + 1
	if m == 0 {
		return from.next()
	}
	for {
		v, x := bits.Mul64(from.next(), m)
		if x >= m || x >= -m%m {
			return v
		}
	}
}
