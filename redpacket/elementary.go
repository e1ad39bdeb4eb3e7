package redpacket

import "math"

// The functions of this file give the same result on every machine, to the last bit. Those of
// package math do not promise that, and a compiler may fuse x*y + z into one operation with one
// rounding where the processor has it; the language rules that out only for a product that is
// converted, and so every product here is. What decides which words of a source mean which
// split is computed with these functions and with +, -, /, math.Sqrt, math.Floor, math.Ldexp and
// math.Frexp, which are exact or correctly rounded everywhere.
//
// Each is good to a few units in the last place, which nobody relies on: see the bounds where
// they are used.

// by returns x*y, rounded.
func by(x, y float64) float64 { return float64(x * y) }

// series returns c[0] + c[1]*x + c[2]*x*x + ..., for an even number of terms. The even and the odd
// ones are two sums that a processor can work on at the same time.
func series(x float64, c []float64) float64 {
	even, odd, square := 0.0, 0.0, by(x, x)
	for i := len(c) - 2; i >= 0; i -= 2 {
		even, odd = by(even, square)+c[i], by(odd, square)+c[i+1]
	}
	return even + by(odd, x)
}

const (
	ln2High = 0x1.62e42feep-1            // ln 2, to 32 bits: its product with a small integer is exact
	ln2Low  = 1.90821492927058770002e-10 // and the rest of it
)

var (
	expSeries  = reciprocals(14, func(i int) float64 { return factorial(i + 1) })                    // of (e^x - 1) / x
	logSeries  = reciprocals(12, func(i int) float64 { return float64(2*i + 1) })                    // of artanh(s) / s, in s^2
	sineSeries = reciprocals(12, func(i int) float64 { return float64(1-i%2*2) * factorial(2*i+1) }) // of sin(x) / x, in x^2
)

func reciprocals(n int, f func(int) float64) []float64 {
	c := make([]float64, n)
	for i := range c {
		c[i] = 1 / f(i)
	}
	return c
}

func factorial(n int) float64 {
	f := 1.0
	for i := 2; i <= n; i++ {
		f = by(f, float64(i))
	}
	return f
}

// exp returns e^x.
func exp(x float64) float64 {
	switch {
	case x < -745:
		return 0
	case x > 709:
		return math.Inf(1)
	}
	n := math.Floor(by(x, 1/math.Ln2) + 0.5)
	r := (x - by(n, ln2High)) - by(n, ln2Low)
	return math.Ldexp(1+by(r, series(r, expSeries)), int(n))
}

// expm1 returns e^x - 1.
func expm1(x float64) float64 {
	if math.Abs(x) < 0.35 {
		return by(x, series(x, expSeries))
	}
	return exp(x) - 1
}

// log returns the natural logarithm of x > 0.
func log(x float64) float64 {
	f, n := math.Frexp(x)
	if f < math.Sqrt2/2 {
		f, n = 2*f, n-1
	}
	return by(float64(n), ln2High) + (by(float64(n), ln2Low) + artanh2((f-1)/(f+1)))
}

// log1p returns the natural logarithm of 1 + x.
func log1p(x float64) float64 {
	if math.Abs(x) < 0.3 {
		return artanh2(x / (2 + x))
	}
	return log(1 + x)
}

// artanh2 returns log((1+s) / (1-s)), for |s| < 0.18.
func artanh2(s float64) float64 { return 2 * by(s, series(by(s, s), logSeries)) }

// sinePi returns sin(pi * x), for x >= 0.
func sinePi(x float64) float64 {
	x -= 2 * math.Floor(x/2)
	sign := 1.0
	if x >= 1 {
		x, sign = x-1, -1
	}
	if x > 0.5 {
		x = 1 - x
	}
	y := by(x, math.Pi)
	return by(sign, by(y, series(by(y, y), sineSeries)))
}
