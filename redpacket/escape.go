package redpacket

import (
	"math"
	"math/big"
)

// drawEscaped draws a symbol, given that the escape was drawn: each has what its weight is short
// of its probability, and values beyond the table have all of theirs.
func (l *law) drawEscaped(from *words) uint64 {
	n := len(l.weights) - 1
	s := l.short(n, from)
	if s < n {
		return uint64(s)
	}
	// Given that a value is n or more, the excess follows the same law, up to what is left.
	for {
		excess := from.next()
		high := uint64(pick(l.cells, uint32(len(l.cells)-1), l.bits&31, uint32(excess)))
		if high == escape {
			high = l.drawEscaped(from)
		}
		if high <= l.high-uint64(n) {
			return high + uint64(n)
		}
	}
}

// short draws one of the n symbols of the table by what their weights are short of, or n for
// all others.
func (l *law) short(n int, from *words) int {
	u := new(big.Int).SetUint64(from.next())
	drawn := uint(64)
	for precision := uint(128); ; precision *= 2 {
		for drawn < precision {
			u.Or(u.Lsh(u, 64), new(big.Int).SetUint64(from.next()))
			drawn += 64
		}
		if s, sure := l.shortAt(n, u, drawn, precision); sure {
			return s
		}
	}
}

// shortAt finds the symbol at u / 2^drawn of the escape's weight. It is sure unless that is too
// near to a border.
func (l *law) shortAt(n int, u *big.Int, drawn, precision uint) (symbol int, sure bool) {
	at := float(precision).SetInt(u)
	at.SetMantExp(at, -int(drawn))
	at.Mul(at, floatOf(precision, float64(l.weights[n])))
	slack := floatOf(precision, math.Ldexp(1, 40-int(precision)+32)) // of 2^32, and of 2^10 sums
	below := float(precision).Neg(slack)
	sum := float(precision)
	for s, p := range l.exactly(n, precision) {
		p.SetMantExp(p, weightBits)
		sum.Add(sum, p.Sub(p, floatOf(precision, float64(l.weights[s]))))
		switch d := float(precision).Sub(sum, at); {
		case d.Cmp(slack) > 0:
			return s, true
		case d.Cmp(below) >= 0:
			return 0, false
		}
	}
	return n, true
}

// exactly returns the probabilities of the symbols of the table.
func (l *law) exactly(n int, precision uint) []*big.Float {
	wp := precision + guard
	step := floatOf(wp, l.rate)
	step.SetMantExp(step, int(l.shift))
	ratio := decay(step, wp)
	all := float(wp).Mul(step, float(wp).Add(float(wp).SetInt(new(big.Int).SetUint64(l.high)), floatOf(wp, 1)))
	first := float(wp).Quo(oneMinusDecay(step, wp), oneMinusDecay(all, wp))
	values := n
	if l.group > 1 {
		values = int(l.high) + 1
	}
	p := make([]*big.Float, values)
	for v := range p {
		p[v] = float(wp).Set(first)
		first.Mul(first, ratio)
	}
	if l.group == 1 {
		return p
	}
	q := make([]*big.Float, n)
	for s := range q {
		q[s] = floatOf(wp, 1)
		rest := s
		for range l.group {
			q[s].Mul(q[s], p[rest%values])
			rest /= values
		}
	}
	return q
}

// keeps decides by c whether the low half of a wide value stays: with the probability e^(-rate*low).
func (l *law) keeps(low uint64, c *coin) bool {
	if low == 0 || l.rate == 0 {
		return true
	}
	if yes, sure := c.below(math.Exp(-l.rate*float64(low)), 0x1p-45); sure {
		return yes
	}
	return c.exactly(func(precision uint) (low1, high1 *big.Float) {
		wp := precision + guard
		x := float(wp).Mul(floatOf(wp, l.rate), float(wp).SetInt(new(big.Int).SetUint64(low)))
		return around(decay(x, wp), precision)
	})
}

// around returns the interval of x that is 2^-precision wide to either side.
func around(x *big.Float, precision uint) (low, high *big.Float) {
	p := x.Prec()
	slack := float(p).SetMantExp(floatOf(p, 1), -int(precision))
	return float(p).Sub(x, slack), float(p).Add(x, slack)
}
