package redpacket

// fill draws len(dst) parts and adds base to each. It returns their sum, without the bases.
// len(dst) is a multiple of l.group.
//
// It takes two steps. First every word is made one or several parts of, as far as this word
// alone goes: see start. So that can be done piece by piece, and by several processors at the
// same time. Then what was left open is drawn, part after part, from the words behind: see
// finish.
func (l *law) fill(dst []int64, base int64, from *words) u128 {
	if l.long {
		return l.fillLong(dst, base, from)
	}
	var sum uint64
	from.open = from.open[:0]
	if from.crew != nil && len(dst) >= mostBlock {
		sum = from.crew.start(l, dst, base, from)
	} else {
		sum = l.startHere(dst, base, from)
	}
	if len(from.open) > 0 {
		sum += l.finish(dst, base, from)
	}
	if l.flip && l.group == 1 { // a group stands for what was turned round already
		return product(uint64(len(dst)), l.w).minus(u128{0, sum})
	}
	return u128{0, sum}
}

// batch is how many words are taken at a time: enough to keep the calls of the source apart
// from the look-ups, and few enough for the stack.
const batch = 64

func (l *law) startHere(dst []int64, base int64, from *words) (sum uint64) {
	if len(dst) <= fewWords*l.perWord {
		var buf [fewWords]uint64
		return l.startWith(buf[:], dst, base, from)
	}
	var buf [batch]uint64
	return l.startWith(buf[:], dst, base, from)
}

const fewWords = 16 // for which it is not worth while to clear room for a batch

func (l *law) startWith(buf []uint64, dst []int64, base int64, from *words) (sum uint64) {
	most := len(buf) * l.perWord
	for at := 0; at < len(dst); at += most {
		part := dst[at:min(len(dst), at+most)]
		ws := buf
		if len(part) < most {
			ws = ws[:l.wordsFor(len(part))]
		}
		from.fill(ws)
		total, open := l.start(part, base, ws, at, from.open)
		from.open = open
		sum += total
	}
	return sum
}

// wordsFor returns how many words start takes for n parts.
func (l *law) wordsFor(n int) int {
	per := uint32(l.perWord) // the division of 64 bits takes twice as long
	return int((uint32(n) + per - 1) / per)
}

// start makes parts of words, l.perWord of each. It returns their sum. Which it has left open, and
// has not counted, it adds to a list, as their places in dst plus at.
func (l *law) start(dst []int64, base int64, ws []uint64, at int, open []int32) (sum uint64, _ []int32) {
	switch {
	case l.rate == 0:
		return l.startFlat(dst, base, ws, at, open)
	case l.group > 1:
		return l.startGroups(dst, base, ws, at, open)
	case l.shift == 0:
		return l.startNarrow(dst, base, ws, at, open)
	}
	return l.startWide(dst, base, ws, at, open)
}

// finish draws what start has left open, and returns the sum of that.
func (l *law) finish(dst []int64, base int64, from *words) (sum uint64) {
	mask, add := l.turn(base)
	for _, at := range from.open {
		switch i := int(at); {
		case l.rate == 0:
			sum += l.fair(dst[i:min(len(dst), i+l.perWord)], base, from)
		case l.group > 1:
			sum += l.unpack(dst[i:], base, []uint32{uint32(l.drawEscaped(from))})
		default:
			v := uint64(0)
			if l.shift == 0 {
				v = l.drawEscaped(from)
			} else {
				v = l.drawWide(uint64(dst[i]), from)
			}
			dst[i] = (int64(v) ^ mask) + add
			sum += v
		}
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

// pick returns the symbol of a cell for 32 random bits: the low ones choose the cell, the others
// are compared with its threshold. It has no branch: half of the time it would be a surprise.
func pick(cells []cell, index uint32, b uint, x uint32) uint32 {
	c := cells[x&index]
	below := uint32((int64(x>>b) - int64(c.threshold)) >> 63) // all ones, or none
	return (c.pair ^ c.pair>>16&^below) & 0xffff
}

// startNarrow makes two parts of a word. It has no branch in its loop that depends on what is
// drawn.
func (l *law) startNarrow(dst []int64, base int64, ws []uint64, at int, open []int32) (sum uint64, _ []int32) {
	mask, add := l.turn(base)
	cells, b := l.cells, l.bits&31
	index := uint32(len(cells) - 1)
	var seen uint32
	part := dst
	for _, x := range ws[:len(dst)/2] {
		v0 := pick(cells, index, b, uint32(x))
		v1 := pick(cells, index, b, uint32(x>>32))
		part[0] = (int64(v0) ^ mask) + add
		part[1] = (int64(v1) ^ mask) + add
		part = part[2:]
		sum += uint64(v0) + uint64(v1)
		seen |= v0 | v1
	}
	if len(part) == 1 {
		v := pick(cells, index, b, uint32(ws[len(ws)-1]))
		part[0] = (int64(v) ^ mask) + add
		sum += uint64(v)
		seen |= v
	}
	if seen&escape != 0 {
		for i, y := range dst {
			if (y-add)^mask == escape {
				open = append(open, int32(at+i))
				sum -= escape
			}
		}
	}
	return sum, open
}

// startGroups makes two symbols of a word. What they stand for is turned round already.
func (l *law) startGroups(dst []int64, base int64, ws []uint64, at int, open []int32) (sum uint64, _ []int32) {
	var room [2 * batch]uint32
	cells, b, group := l.cells, l.bits&31, l.group
	index := uint32(len(cells) - 1)
	for len(ws) > 0 {
		n := min(batch, len(ws))
		seen := uint32(0)
		for i, x := range ws[:n] {
			v0 := pick(cells, index, b, uint32(x))
			v1 := pick(cells, index, b, uint32(x>>32))
			room[2*i], room[2*i+1] = v0, v1
			seen |= v0 | v1
		}
		ws = ws[n:]
		picked := room[:2*n]
		if len(ws) == 0 {
			picked = picked[:min(2*n, len(dst)/group)] // of the last word, perhaps only one
		}
		if seen&escape != 0 {
			for i, v := range picked {
				if v == escape {
					open = append(open, int32(at+i*group))
					picked[i] = uint32(len(l.symbols) - 1) // a symbol of its own, of zeros
				}
			}
		}
		sum += l.unpack(dst, base, picked)
		dst = dst[len(picked)*group:]
		at += len(picked) * group
	}
	return sum, open
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
