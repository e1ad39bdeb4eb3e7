package redpacket

import (
	"math"
	"math/bits"
)

const shortLow = 20 // bits of a low half that fits into the same word as the high one

// startWide makes a part of a word: 32 bits for the high half, the uppermost ones for the low
// half, and those between are the first of the coin that decides whether it stays. It mostly
// does, whatever it is. Of the few others a list is made, so that there is neither a branch nor a
// call in the loop; what is left in their places is the word.
func (l *law) startWide(dst []int64, base int64, ws []uint64, at int, open []int32) (sum uint64, _ []int32) {
	var list [batch]uint8
	mask, add := l.turn(base)
	for len(ws) > 0 {
		n := min(batch, len(ws))
		part := dst[:n]
		listed, total := l.pickWide(part, ws[:n], &list)
		for i, v := range part {
			part[i] = (v ^ mask) + add
		}
		for _, i := range list[:listed] {
			total -= uint64((part[i] - add) ^ mask)
			part[i] = int64(ws[i])
			open = append(open, int32(at)+int32(i))
		}
		sum += total
		dst, ws, at = dst[n:], ws[n:], at+n
	}
	return sum, open
}

// pickWide draws len(ws) parts, of which those that are listed may not stay. It returns how many
// these are, and the sum of all.
func (l *law) pickWide(part []int64, ws []uint64, list *[batch]uint8) (listed uint, sum uint64) {
	cells, b, shift, w, sure := l.cells, l.bits&31, l.shift, int64(l.w), int64(l.sure)
	index := uint32(len(cells) - 1)
	part = part[:len(ws)]
	for i, x := range ws {
		high := int64(pick(cells, index, b, uint32(x)))
		v := high<<(shift&63) | int64(x>>((64-shift)&63)) // that of the escape is larger than w
		part[i] = v
		sum += uint64(v)
		coin := int64(uint32(x>>32) << (shift & 31))
		settled := (coin - sure) & (v - w - 1) >> 63
		list[listed%uint(len(list))] = uint8(i)
		listed += 1 + uint(settled)
	}
	return listed, sum
}

// drawWide draws a part whose first word is known. If the low half is long, it takes a word of
// its own.
func (l *law) drawWide(x uint64, from *words) uint64 {
	for {
		high := uint64(pick(l.cells, uint32(len(l.cells)-1), l.bits&31, uint32(x)))
		if high == escape {
			high = l.drawEscaped(from)
		}
		low, first, known := x>>(64-l.shift), x>>32<<(32+l.shift), 32-l.shift
		if l.shift > shortLow {
			low, first, known = from.next()>>(64-l.shift), x>>32<<32, 32
		}
		v := high<<l.shift | low
		if v <= l.w && l.stays(low, first, known, from) {
			return v
		}
		x = from.next()
	}
}

// stays decides whether a low half stays, by a coin whose first bits are known: mostly, they are
// enough, since e^-x is between 1 - x and 1 - x + x*x/2.
func (l *law) stays(low, first uint64, known uint, from *words) bool {
	x := by(l.rate, float64(low))
	u := float64(first>>11) * 0x1p-53
	switch least := 1 - x; {
	case u+math.Ldexp(1, -int(known))+0x1p-45 <= least:
		return true
	case u >= least+by(x, x)/2+0x1p-45:
		return false
	}
	c := coin{from: from, top: first | from.next()>>known}
	return l.keeps(low, &c)
}

// fillLong draws one part after the other, of ranges so wide that a part takes two words or more,
// or a sum needs more than one.
func (l *law) fillLong(dst []int64, base int64, from *words) u128 {
	mask, add := l.turn(base)
	var sum u128
	for i := range dst {
		var v uint64
		if l.rate == 0 {
			v = uniform(l.w, from)
		} else {
			v = l.drawWide(from.next(), from)
		}
		dst[i] = (int64(v) ^ mask) + add
		sum = sum.plus(u128{0, v})
	}
	if l.flip {
		return product(uint64(len(dst)), l.w).minus(sum)
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
