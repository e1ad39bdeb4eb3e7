package redpacket

import (
	"math"
	"math/big"
)

// The functions of this file compute with as many bits as are asked for, and are good to a few
// units in the last place. Whoever calls them asks for more bits than are needed; guard is what
// is added everywhere.
const guard = 64

func float(precision uint) *big.Float { return new(big.Float).SetPrec(precision) }

func floatOf(precision uint, x float64) *big.Float { return float(precision).SetFloat64(x) }

// decay returns e^-x, for x >= 0.
func decay(x *big.Float, precision uint) *big.Float {
	if x.Sign() == 0 {
		return floatOf(precision, 1)
	}
	halvings := max(0, x.MantExp(nil)+8)
	wp := precision + guard + uint(halvings)
	y := float(wp).SetMantExp(float(wp).Neg(x), -halvings) // -2^-8 < y < 0
	sum, term := floatOf(wp, 1), floatOf(wp, 1)
	for i := 1; ; i++ {
		term.Mul(term, y)
		term.Quo(term, floatOf(wp, float64(i)))
		if term.Sign() == 0 || term.MantExp(nil) < -int(wp) {
			break
		}
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return float(precision).Set(sum)
}

// complexFloat is re + im*i.
type complexFloat struct{ re, im *big.Float }

func (a complexFloat) times(b complexFloat) complexFloat {
	p := a.re.Prec()
	re := float(p).Sub(float(p).Mul(a.re, b.re), float(p).Mul(a.im, b.im))
	im := float(p).Add(float(p).Mul(a.re, b.im), float(p).Mul(a.im, b.re))
	return complexFloat{re, im}
}

func (a complexFloat) scaled(f *big.Float) complexFloat {
	p := a.re.Prec()
	return complexFloat{float(p).Mul(a.re, f), float(p).Mul(a.im, f)}
}

// fromOne returns 1 - a.
func (a complexFloat) fromOne() complexFloat {
	p := a.re.Prec()
	return complexFloat{float(p).Sub(floatOf(p, 1), a.re), float(p).Neg(a.im)}
}

func (a complexFloat) over(b complexFloat) complexFloat {
	p := a.re.Prec()
	norm := float(p).Add(float(p).Mul(b.re, b.re), float(p).Mul(b.im, b.im))
	q := a.times(complexFloat{b.re, float(p).Neg(b.im)})
	return complexFloat{q.re.Quo(q.re, norm), q.im.Quo(q.im, norm)}
}

// to returns a^n, for n >= 1.
func (a complexFloat) to(n uint64) complexFloat {
	result, first := a, true
	for base := a; ; base = base.times(base) {
		if n&1 == 1 {
			if first {
				result, first = base, false
			} else {
				result = result.times(base)
			}
		}
		if n >>= 1; n == 0 {
			return result
		}
	}
}

// turnBy returns e^(2*pi*i*x).
func turnBy(x *big.Float, precision uint) complexFloat {
	wp := precision + guard + uint(max(0, x.MantExp(nil)))
	rest := float(wp).Set(x)
	n, _ := float(wp).Add(rest, floatOf(wp, math.Copysign(0.5, float64(rest.Sign())))).Int(nil)
	rest.Sub(rest, float(wp).SetInt(n)) // -1/2 <= rest <= 1/2
	const halvings = 10
	angle := float(wp).Mul(rest, pi(wp))
	angle.SetMantExp(angle, 1-halvings)
	re, im := floatOf(wp, 1), float(wp)
	term := floatOf(wp, 1)
	for i := 1; ; i++ {
		term.Mul(term, angle)
		term.Quo(term, floatOf(wp, float64(i)))
		if term.Sign() == 0 || term.MantExp(nil) < -int(wp) {
			break
		}
		switch i % 4 {
		case 0:
			re.Add(re, term)
		case 1:
			im.Add(im, term)
		case 2:
			re.Sub(re, term)
		case 3:
			im.Sub(im, term)
		}
	}
	z := complexFloat{re, im}
	for range halvings {
		z = z.times(z)
	}
	return complexFloat{float(precision).Set(z.re), float(precision).Set(z.im)}
}

// pi is Machin's: 16 arctan(1/5) - 4 arctan(1/239).
func pi(precision uint) *big.Float {
	n := precision + guard
	sum := new(big.Int).Sub(new(big.Int).Mul(big.NewInt(16), arctan(5, n)), new(big.Int).Mul(big.NewInt(4), arctan(239, n)))
	x := float(precision).SetInt(sum)
	return x.SetMantExp(x, -int(n))
}

// arctan returns 2^n * arctan(1/x), rounded down somewhat.
func arctan(x int64, n uint) *big.Int {
	term := new(big.Int).Lsh(big.NewInt(1), n)
	term.Quo(term, big.NewInt(x))
	sum, square := new(big.Int).Set(term), big.NewInt(-x*x)
	for i := int64(3); term.Sign() != 0; i += 2 {
		term.Quo(term, square)
		sum.Add(sum, new(big.Int).Quo(term, big.NewInt(i)))
	}
	return sum
}

// oneMinusDecay returns 1 - e^-x, for x > 0, as exactly as precision says also for a small x.
func oneMinusDecay(x *big.Float, precision uint) *big.Float {
	wp := precision + guard + uint(max(0, -x.MantExp(nil)))
	return float(precision).Sub(floatOf(wp, 1), decay(float(wp).Set(x), wp))
}
