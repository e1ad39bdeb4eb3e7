package redpacket

import (
	"math"
	"sync/atomic"
)

// A squeeze makes the first look at a coin cheap that is tossed again and again: it remembers
// the probabilities of a spread, each once it was asked for. If there are few sums there is one
// entry for each. If there are many, the entries are on a grid, and between them a cubic goes
// through the four that are nearest.
//
// The short sum of a spread is a sum of waves, whose fourth derivatives are known; so it is
// known how far off the cubic can be (x(x-1)(x+1)(x-2)/4! is at most 3/128 there), about one in a
// million. A coin that falls in between is looked at as though there were no squeeze, so what
// is remembered, and by whom, changes no split.
type squeeze struct {
	every bool // there is an entry for every sum from low on
	low   u128
	step  float64 // otherwise, from entry to entry
	first float64 // where the first one is, from the middle
	slack float64
	known []atomic.Uint64 // the bits of 1 + the probability, 0 if it was not asked for
}

const (
	fewSums    = 2048
	grid       = 16   // entries for each standard deviation
	fewLooks   = 8    // that are not worth a squeeze
	tableSlack = 1e-8 // of an entry that is not on a grid, at most
)

// squeezable reports whether there can be a squeeze.
func (s *spread) squeezable() bool {
	return product(s.k, s.w).less(u128{0, fewSums}) || !s.small
}

func newSqueeze(s *spread) *squeeze {
	top := product(s.k, s.w)
	reach := math.Ceil(min(s.n/2, 8*s.deviation))
	switch {
	case top.less(u128{0, fewSums}):
		return &squeeze{every: true, slack: tableSlack, known: make([]atomic.Uint64, top.lo+1)}
	case s.deviation <= grid:
		q := &squeeze{every: true, slack: tableSlack, known: make([]atomic.Uint64, 2*int(reach)+1)}
		if low := whole(reach); low.less(s.middle) {
			q.low = s.middle.minus(low)
		}
		return q
	}
	q := &squeeze{step: s.deviation / grid}
	size := 2*math.Ceil(reach/q.step) + 4
	q.first = -q.step * (size - 1) / 2
	q.known = make([]atomic.Uint64, int(size))
	var fourth float64
	for i := range s.re {
		wave := 2 * math.Pi * float64(i+1) / s.n * q.step
		fourth += math.Hypot(s.re[i], s.im[i]) * wave * wave * wave * wave
	}
	q.slack = 3*s.error + fourth*(3.0/128)*(1+0x1p-20)/s.bound
	return q
}

// look returns the probability of a sum, if it can tell.
func (q *squeeze) look(s *spread, j u128) (p float64, ok bool) {
	if q.every {
		i := j.minus(q.low) // huge, if it is less
		if i.hi > 0 || i.lo >= uint64(len(q.known)) {
			return 0, false
		}
		return q.entry(s, int(i.lo))
	}
	x := (j.distance(s.middle) - q.first) / q.step
	i := int(math.Floor(x))
	if i < 1 || i+2 >= len(q.known) {
		return 0, false
	}
	x -= float64(i)
	a, _ := q.entry(s, i-1)
	b, _ := q.entry(s, i)
	c, _ := q.entry(s, i+1)
	d, _ := q.entry(s, i+2)
	y, z := 1-x, 2-x
	return (1+x)*z*(b*y+c*x)/2 - x*y*(a*z+d*(1+x))/6, true
}

// entry returns an entry, and whether it is good enough.
func (q *squeeze) entry(s *spread, i int) (p float64, ok bool) {
	p = math.Float64frombits(q.known[i].Load())
	if p == 0 {
		p = q.learn(s, i)
	}
	return p - 1, p >= 1
}

func (q *squeeze) learn(s *spread, i int) float64 {
	var p float64
	if !q.every {
		p = 1 + s.waves(q.first+float64(i)*q.step)
	} else if about, slack := s.about(q.low.plus(u128{0, uint64(i)})); slack <= q.slack-0x1p-50 {
		p = 1 + about
	} else {
		p = 0.5 // it is not good enough
	}
	q.known[i].Store(math.Float64bits(p))
	return p
}
