package redpacket

import "math/rand/v2"

// Next returns the first part of a uniform split of rest: how much is given away next, if that
// is decided only when somebody comes, and then from nothing but what is left. Called again and
// again, with one part less and the sum that is left, it makes uniform splits, from the same
// words other ones than Split. A nil src is a secret one, as with Append.
//
// The part depends on rest and the words of src alone, and is the same on every machine. It costs
// about as much as twenty calls of Int64N if what it takes was prepared before: for some rest of the
// same width with nearly as many parts and nearly the same mean. If not, that costs as much as a
// hundred parts; the first of many alike envelopes costs five to thirty times as much as the later
// ones. What was prepared is shared by all goroutines and remembered until something else takes its
// place: about 1 MB for all envelopes of one shape, and never more than 20 MB.
func Next(src rand.Source, rest Params) (int64, error) {
	if err := rest.Validate(); err != nil {
		return 0, err
	}
	if rest.N == 0 {
		return 0, &ParamError{rest, "there is no next part"}
	}
	return remembered.next(rest, newWords(orSecret(src)))
}

// remembered is what all calls of Next share.
var remembered = newMemory()

// memory draws first parts of splits, and remembers what it prepared for that: which changes
// nothing but how long it takes. A part is drawn as uniformly draws a block, from a tilt that is
// near enough, until the parts after it accept it.
type memory struct {
	laws  memo[*law]
	bands memo[*band]
	few   memo[*spread]

	doubt float64 // for tests: coins are in doubt by so much more
}

func newMemory() *memory {
	return &memory{laws: newMemo[*law](256), bands: newMemo[*band](1024), few: newMemo[*spread](1024)}
}

// next is Next, for Params that are valid, with one part or more.
func (m *memory) next(rest Params, from *words) (int64, error) {
	n, w, t := uint64(rest.N), rest.width(), rest.excess()
	turned := product(n, w).minus(t)
	switch {
	case t == (u128{}):
		return rest.Min, nil
	case turned == (u128{}):
		return rest.Max, nil
	case n > mostParts:
		_, err := newUniform(rest)
		return 0, err
	case n <= 2:
		var parts [2]int64
		drawTwo(parts[:n], rest.Min, t, w, from)
		return parts[0], nil
	}
	if w < manyWidths {
		if c := narrow[w](); n <= c.parts && c.sums != nil {
			return rest.Min + int64(c.first(n, t.lo, from)), nil
		}
	}
	if turned.less(t) {
		return rest.Max - int64(m.first(n, w, turned, from)), nil
	}
	return rest.Min + int64(m.first(n, w, t, from)), nil
}

// first draws the first of n parts of 0..w whose sum is t, for three or more, and for t that is at
// most half of what they can have.
func (m *memory) first(n, w uint64, t u128, from *words) uint64 {
	k := n - 1
	most := product(k, w)
	p := place{w: w, mean: nearMean(n, w, t)}
	l := m.law(p)
	var b *band
	var s *spread
	if k < fewest {
		s = m.spread(p, k)
	} else {
		b = m.band(p, k)
	}
	for {
		v := l.one(from)
		if t.less(u128{0, v}) {
			continue
		}
		j := t.minus(u128{0, v}) // for the k parts after it
		if most.less(j) {
			continue
		}
		c := toss(from)
		if s != nil && s.decides(&c, j, m.doubt) || b != nil && b.decides(&c, k, j, m.doubt) {
			return v
		}
	}
}

// one draws one part of a law without groups.
func (l *law) one(from *words) uint64 {
	if l.rate == 0 {
		return uniform(l.w, from)
	}
	x := from.next()
	if l.shift > 0 {
		return l.drawWide(x, from)
	}
	v := uint64(pick(l.cells, uint32(len(l.cells)-1), l.bits&31, uint32(x)))
	if v == escape {
		v = l.drawEscaped(from)
	}
	return v
}

func (m *memory) law(p place) *law {
	l, ok := m.laws.find(p)
	if !ok {
		l = m.laws.keep(p, newLaw(p.tilt(), 1, leastSpare))
	}
	return l
}

func (m *memory) spread(p place, k uint64) *spread {
	p.parts = k
	s, ok := m.few.find(p)
	if !ok {
		s = m.few.keep(p, newSpread(p.tilt(), k))
	}
	return s
}

func (m *memory) band(p place, k uint64) *band {
	low, high := bandOf(k)
	p.parts = low
	b, ok := m.bands.find(p)
	if !ok {
		b = m.bands.keep(p, newBand(p.tilt(), low, high))
	}
	return b
}
