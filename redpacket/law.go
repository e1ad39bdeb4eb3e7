package redpacket

import (
	"math"
	"math/bits"
)

// A law draws parts of a tilt, exactly.
//
// A part is v = high * 2^shift + low. In narrow ranges shift is 0. The high half is drawn from
// a table of cells in the manner of Walker and Vose, with 32 random bits. Its weights are
// integers and so cannot be the probabilities; each is a little too small. What is missing of
// all of them together is the weight of one more symbol, the escape, after which the exact rest
// of the law is asked, at any precision that it takes. So the law of what is drawn has no error,
// and the exact arithmetic is needed once in many millions of draws. The low half is 2^shift
// values that are nearly equally likely, and exactly so after some are rejected.
//
// Narrow parts are drawn several at a time, as one symbol.
type law struct {
	tilt
	shift   uint
	sure    uint32   // 2^32 times a bit less than the probability that the longest low half stays
	symbols []uint64 // what a symbol stands for: group values, 8 bits each, if group > 1
	group   int      // parts that a symbol stands for
	cells   []cell
	bits    uint // log2(len(cells))
	high    uint64
	weights []uint64 // of the symbols, 2^32 in all with that of the escape
	powers  []uint64 // of w+1, as many as fit into a word, if the law is uniform: see fillFlat
	spare   float64  // of each probability, which is left to the escape
	perWord int      // parts that are made of a word: see start
	long    bool     // it takes more than a word for a part: see fillLong
}

// cell is one of the equally likely columns of the table: below the threshold it is one symbol,
// above it another.
type cell struct{ threshold, pair uint32 } // pair: the one, and the exclusive or of both << 16

const (
	escape    = 1 << 15
	mostCells = 1024
	// The probabilities are good to about 2^10 units of 2^-53 each: less this share of them they
	// are too small for sure.
	leastSpare = 0x1p-40
	mostGroup  = 6
	weightBits = 32
)

func newLaw(t tilt, group uint64, spare float64) *law {
	l := &law{tilt: t, group: int(group), spare: spare}
	if t.rate == 0 {
		l.setFlat()
		return l
	}
	// Beyond this many steps of 1/rate the probability of a value is below 2^-32 in all, and
	// it is left to the escape.
	far := 23 / t.rate
	for float64(t.w>>l.shift) >= mostCells-2 && math.Ldexp(far, -int(l.shift)) >= mostCells-2 {
		l.shift++
	}
	l.high = t.w >> l.shift
	stays := 1 - by(l.rate, math.Ldexp(1, int(l.shift)))
	l.sure = uint32(max(0, by(stays, 1<<32)-2)) &^ (1<<min(l.shift, shortLow) - 1)
	l.build()
	switch {
	case l.shift > shortLow:
		l.long = true
	case l.shift > 0:
		l.perWord = 1
	default:
		l.perWord = 2 * l.group
	}
	return l
}

// groupOf returns how many parts of 0..w fit into a symbol.
func groupOf(w uint64) uint64 {
	group := uint64(1)
	for all := w + 1; w < 16 && group < mostGroup && all*(w+1) <= 256; all *= w + 1 {
		group++
	}
	return group
}

// build makes the table.
func (l *law) build() {
	step := by(l.rate, math.Ldexp(1, int(l.shift))) // of the high half
	ratio := exp(-step)
	first := expm1(-step) / expm1(-by(step, float64(l.high)+1))
	n := int(min(l.high, mostCells-2)) + 1
	if l.group == 1 {
		n = min(n, int(23/step)+1)
	}
	p := make([]float64, n)
	for v, q := 0, first; v < n; v++ {
		p[v] = q
		q = by(q, ratio)
	}
	if l.group > 1 {
		p = l.grouped(p)
	}
	l.weights = make([]uint64, len(p)+1)
	rest := uint64(1) << weightBits
	for s, q := range p {
		l.weights[s] = uint64(by(q, 1-l.spare) * (1 << weightBits))
		rest -= l.weights[s]
	}
	l.weights[len(p)] = rest
	l.bits = uint(bits.Len(uint(len(p)))) // room for the escape too
	l.cells = vose(l.weights, l.bits)
}

// grouped replaces the probabilities of values by those of groups of them, and fills symbols.
func (l *law) grouped(p []float64) []float64 {
	m := len(p)
	size := 1
	for range l.group {
		size *= m
	}
	q := make([]float64, size)
	l.symbols = make([]uint64, size+1) // and one of zeros
	for s := range q {
		q[s] = 1
		rest, sum := s, uint64(0)
		for i := range l.group {
			v := rest % m
			rest /= m
			q[s] = by(q[s], p[v])
			if l.flip {
				v = m - 1 - v
			}
			l.symbols[s] |= uint64(v) << (8 * i)
			sum += uint64(v)
		}
		l.symbols[s] |= sum << 56
	}
	return q
}

// vose returns 2^b cells whose symbols have these weights, which are 2^32 in all. The last is
// the escape.
func vose(weights []uint64, b uint) []cell {
	cells := make([]cell, 1<<b)
	room := uint64(1) << (weightBits - b) // of a cell
	left := make([]uint64, 1<<b)
	copy(left, weights)
	name := func(s int) uint32 {
		switch {
		case s < len(weights)-1:
			return uint32(s)
		case s == len(weights)-1:
			return escape
		}
		return 0 // it has no weight
	}
	sides := make([]int, 2<<b)
	small, large := sides[:0:1<<b], sides[1<<b:1<<b]
	for s, weight := range left {
		if weight < room {
			small = append(small, s)
		} else {
			large = append(large, s)
		}
	}
	for len(small) > 0 {
		s := small[len(small)-1]
		small = small[:len(small)-1]
		other := large[len(large)-1] // as long as one has too little another has too much
		cells[s] = cell{uint32(left[s]), name(s) | (name(s)^name(other))<<16}
		left[other] -= room - left[s]
		if left[other] < room {
			large = large[:len(large)-1]
			small = append(small, other)
		}
	}
	for _, s := range large {
		cells[s] = cell{0, name(s)} // all of it
	}
	return cells
}
