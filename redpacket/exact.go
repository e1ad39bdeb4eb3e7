package redpacket

import (
	"math"
	"math/big"
)

// countable is up to how many parts the exact probability is computed by counting splits, which
// is out of the question for millions.
const countable = 64

// exactly returns an interval of the probability of j divided by the bound, about 2^-bits wide.
func (s *spread) exactly(j u128, bits uint) (low, high *big.Float) {
	if s.k <= countable {
		return around(s.counted(j, bits+guard), bits)
	}
	return s.summed(j, bits)
}

// precision returns how many bits it takes to compute with if bits of the result must be good:
// the formulas below cancel where the rate is small, the parts many or the sums large.
func (s *spread) precision(bits uint, j u128) uint {
	size := uint(j.big().BitLen())
	if s.rate > 0 {
		_, e := math.Frexp(s.rate)
		size += uint(max(0, -e))
	}
	return bits + 2*guard + size
}

// total returns the sum of e^(-rate*v) over 0..w.
func (s *spread) total(precision uint) *big.Float {
	m := new(big.Int).SetUint64(s.w)
	m.Add(m, big.NewInt(1))
	if s.rate == 0 {
		return float(precision).SetInt(m)
	}
	rate := floatOf(precision, s.rate)
	all := float(precision).Mul(rate, float(precision).SetInt(m))
	return float(precision).Quo(oneMinusDecay(all, precision), oneMinusDecay(rate, precision))
}

// counted returns the probability divided by the bound, with bits that are good.
func (s *spread) counted(j u128, bits uint) *big.Float {
	wp := s.precision(bits, j)
	p := float(wp).SetInt(splits(s.k, s.w, j.big()))
	if s.rate > 0 {
		p.Mul(p, decay(float(wp).Mul(floatOf(wp, s.rate), float(wp).SetInt(j.big())), wp))
	}
	p.Quo(p, floatOf(wp, s.bound))
	if s.k == 2 {
		return p
	}
	total := s.total(wp)
	for range s.k {
		p.Quo(p, total)
	}
	return p.Mul(p, floatOf(wp, s.n))
}

// summed computes the Fourier sum. What is left out of it, and the sums that a finite one takes
// for j, are bounded as for the short one.
func (s *spread) summed(j u128, bits uint) (low, high *big.Float) {
	tail := -float64(bits+4) * math.Ln2
	n := s.n
	top := product(s.k, s.w).float() + 1
	for n < top && s.logOutside(n/2)+log(n) > tail {
		n = 2*math.Floor(by(n, 1.25)/2) + 1
	}
	if n >= top {
		n = 2*math.Floor(top/2) + 1
		for n < top {
			n = math.Nextafter(n, math.Inf(1))
		}
	} else if math.Abs(j.distance(s.middle)) > n/2 {
		return around(floatOf(bits+guard, 0), bits)
	}
	k, short := float64(s.k), newTransform(s.tilt)
	terms := (n - 1) / 2
	lobe := n / short.m
	beyond := short.logBeyond(k, min(terms, lobe), terms, n)

	wp := s.precision(bits, j)
	phi := s.phi(wp)
	turn := float(wp).Quo(floatOf(wp, 1), floatOf(wp, n))
	sum := floatOf(wp, 1)
	for i := 1.0; i <= terms; i++ {
		x := float(wp).Mul(turn, floatOf(wp, i))
		term := phi(x).to(s.k).times(turnBy(float(wp).Neg(float(wp).Mul(x, float(wp).SetInt(j.big()))), wp))
		sum.Add(sum, term.re)
		sum.Add(sum, term.re)
		rest := short.logBeyond(k, i, terms, n)
		if i < lobe {
			short.at(i / n)
			rest = logSum(by(k, short.logAbs())+log(2*lobe), beyond)
		}
		if rest < tail {
			break
		}
	}
	sum.Quo(sum, floatOf(wp, n))
	sum.Mul(sum, floatOf(wp, s.n))
	return around(sum.Quo(sum, floatOf(wp, s.bound)), bits)
}

// phi returns the function that returns the mean of e^(2*pi*i*x*part).
func (s *spread) phi(wp uint) func(x *big.Float) complexFloat {
	m := float(wp).SetInt(new(big.Int).Add(new(big.Int).SetUint64(s.w), big.NewInt(1)))
	near, far := floatOf(wp, 1), floatOf(wp, 1)
	if s.rate > 0 {
		rate := floatOf(wp, s.rate)
		near = decay(rate, wp)
		far = decay(float(wp).Mul(rate, m), wp)
	}
	scale := float(wp).Quo(floatOf(wp, 1), s.total(wp))
	return func(x *big.Float) complexFloat {
		over := turnBy(float(wp).Mul(x, m), wp).scaled(far).fromOne()
		under := turnBy(x, wp).scaled(near).fromOne()
		return over.over(under).scaled(scale)
	}
}
