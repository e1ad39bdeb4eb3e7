package redpacket

import "math/bits"

// setFlat prepares the law in which all values are equally likely.
func (l *law) setFlat() {
	if l.long = l.w >= 1<<50; l.long {
		return
	}
	m := l.w + 1
	for p := uint64(1); ; p *= m {
		l.powers = append(l.powers, p)
		if p > 1<<57/m || len(l.powers) > 57 {
			break
		}
	}
	l.perWord = len(l.powers) - 1
}

// startFlat makes several parts of a word, as Brackett-Rozinsky and Lemire do: each is the upper
// half of a product, the lower half goes into the next one, and the last lower half says whether
// the word was one of those that would favour some values. Such a word, one in a hundred at the
// most, is drawn anew by finish.
func (l *law) startFlat(dst []int64, base int64, ws []uint64, at int, open []int32) (sum uint64, _ []int32) {
	m, all := l.w+1, l.powers[l.perWord]
	for _, x := range ws {
		part := dst[:min(len(dst), l.perWord)]
		dst = dst[len(part):]
		total := uint64(0)
		for i := range part {
			var v uint64
			v, x = bits.Mul64(x, m)
			part[i] = base + int64(v)
			total += v
		}
		if x < all && l.unfair(x, len(part)) {
			open = append(open, int32(at))
		} else {
			sum += total
		}
		at += len(part)
	}
	return sum, open
}

// unfair reports whether x, which is what is left of a word after n values, makes some of them
// likelier than others.
func (l *law) unfair(x uint64, n int) bool {
	all := l.powers[n]
	return x < all && x < -all%all
}

// fair draws values that are what startFlat makes of one word.
func (l *law) fair(dst []int64, base int64, from *words) (sum uint64) {
	for m := l.w + 1; ; sum = 0 {
		x := from.next()
		for i := range dst {
			var v uint64
			v, x = bits.Mul64(x, m)
			dst[i] = base + int64(v)
			sum += v
		}
		if !l.unfair(x, len(dst)) {
			return sum
		}
	}
}
