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
	case l.shift <= shortLow:
		sum = l.fillWide(dst, base, from)
	default:
		sum = l.fillWider(dst, base, from)
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
// are compared with its threshold. It has no branch: half of the time it would be a surprise.
func pick(cells []cell, index uint32, b uint, x uint32) uint32 {
	c := cells[x&index]
	below := uint32((int64(x>>b) - int64(c.threshold)) >> 63) // all ones, or none
	return (c.pair ^ c.pair>>16&^below) & 0xffff
}

// fillGroups draws two symbols with a word. What they stand for is turned round already.
func (l *law) fillGroups(dst []int64, base int64, from *words) u128 {
	const some = batch / 4 // most ranges are split into few parts, and what is on the stack is cleared
	var buf [some]uint64
	var picked [2 * some]uint32
	cells, b, group := l.cells, l.bits&31, l.group
	index := uint32(len(cells) - 1)
	var sum uint64
	for left := len(dst) / group; left > 0; {
		n := min(len(picked), left)
		ws := buf[:(n+1)/2]
		from.fill(ws)
		seen := uint32(0)
		for i, x := range ws {
			v0 := pick(cells, index, b, uint32(x))
			v1 := pick(cells, index, b, uint32(x>>32))
			picked[2*i], picked[2*i+1] = v0, v1
			seen |= v0 | v1
		}
		if seen&escape != 0 {
			l.replaceEscapes(picked[:n], from)
		}
		sum += l.unpack(dst, base, picked[:n])
		dst = dst[n*group:]
		left -= n
	}
	return u128{0, sum}
}

// replaceEscapes draws what stands for an escape.
func (l *law) replaceEscapes(picked []uint32, from *words) {
	for i, v := range picked {
		if v == escape {
			picked[i] = uint32(l.drawEscaped(from))
		}
	}
}

// unpack writes the parts that symbols stand for, and returns their sum.
func (l *law) unpack(dst []int64, base int64, symbols []uint32) (sum uint64) {
	all, group := l.symbols, l.group
	if group == 3 { // the usual red packet of 3..8
		for _, v := range symbols {
			s := all[v]
			sum += s >> 56
			part := dst[:3]
			dst = dst[3:]
			part[0], part[1], part[2] = base+int64(s&0xff), base+int64(s>>8&0xff), base+int64(s>>16&0xff)
		}
		return sum
	}
	for _, v := range symbols {
		s := all[v]
		sum += s >> 56
		part := dst[:group]
		dst = dst[group:]
		for j := range part {
			part[j] = base + int64(s&0xff)
			s >>= 8
		}
	}
	return sum
}

const shortLow = 20 // bits of a low half that fits into the same word as the high one

// fillWide draws one part with a word: 32 bits for the high half, the uppermost ones for the low
// half, and those between are the first of the coin that decides whether it stays. It mostly
// does, whatever it is. Of the few others a list is made, so that there is neither a branch nor a
// call in the loop.
func (l *law) fillWide(dst []int64, base int64, from *words) u128 {
	var buf [batch / 2]uint64
	var list [batch / 2]uint8
	mask, add := l.turn(base)
	var sum uint64
	for left := dst; len(left) > 0; {
		part := left[:min(len(left), len(buf))]
		left = left[len(part):]
		ws := buf[:len(part)]
		from.fill(ws)
		open, total := l.pickWide(part, ws, &list)
		for _, i := range list[:open] {
			total -= uint64(part[i])
			v := l.drawWide(ws[i], from)
			part[i] = int64(v)
			total += v
		}
		for i, v := range part {
			part[i] = (v ^ mask) + add
		}
		sum += total
	}
	return l.turned(len(dst), u128{0, sum})
}

// pickWide draws len(ws) parts, of which those that are listed may not stay. It returns how many
// these are, and the sum of all.
func (l *law) pickWide(part []int64, ws []uint64, list *[batch / 2]uint8) (open uint, sum uint64) {
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
		list[open%uint(len(list))] = uint8(i)
		open += 1 + uint(settled)
	}
	return open, sum
}

// fillWider draws one part with two words, since the low half is long.
func (l *law) fillWider(dst []int64, base int64, from *words) u128 {
	mask, add := l.turn(base)
	var sum u128
	for i := range dst {
		v := l.drawWide(from.next(), from)
		dst[i] = (int64(v) ^ mask) + add
		sum = sum.plus(u128{0, v})
	}
	return l.turned(len(dst), sum)
}

// drawWide draws a part whose first word is known.
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
// enough.
func (l *law) stays(low, first uint64, known uint, from *words) bool {
	if first>>32 < uint64(l.sure) {
		return true
	}
	c := coin{from: from, top: first | from.next()>>known}
	return l.keeps(low, &c)
}

// setFlat prepares the law in which all values are equally likely.
func (l *law) setFlat() {
	if l.w >= 1<<28 {
		return
	}
	m := l.w + 1
	for p := uint64(1); ; p *= m {
		l.powers = append(l.powers, p)
		if p > 1<<57/m || len(l.powers) > 64 {
			return
		}
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
	m, digits := l.w+1, len(l.powers)-1
	for len(dst) > 0 {
		part := dst[:min(len(dst), digits)]
		all := l.powers[len(part)]
		for {
			x := from.next()
			var total uint64
			for i := range part {
				var v uint64
				v, x = bits.Mul64(x, m)
				part[i] = base + int64(v)
				total += v
			}
			if x >= all || x >= -all%all {
				sum += total
				break
			}
		}
		dst = dst[len(part):]
	}
	return u128{0, sum}
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
