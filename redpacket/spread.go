package redpacket

import (
	"math"
	"math/big"
	"sync/atomic"
)

// A spread is the law of the sum of k parts of a tilt: which of its sums are how likely. It is
// what a block of parts that was drawn is accepted by: with the probability that the k parts
// which are still to come add up to what is left, divided by a bound of all such probabilities.
//
// That probability is a finite Fourier sum. With phi(x) for the mean of e^(i*x*part),
//
//	P(sum = j) = 1/n * (phi(0)^k e^0 + phi(1*x)^k e^(-1*i*x*j) + ... + phi((n-1)*x)^k ...),  x = 2*pi/n
//
// for every n that is larger than any sum; for a smaller n it is the probability that the sum is
// j, or differs from j by a multiple of n. Few of the terms matter, since phi^k is almost 0 but
// near to 0. Whatever n is, no probability is larger than 1/n times the sum of the absolute
// values: that is the bound.
//
// The absolute value of phi falls from 0 to 2*pi/(w+1): up to half of that since the difference
// of two parts is a mixture of uniform laws, symmetrical and not too wide, for each of which it
// does; from there on since in the quotient below the numerator falls and the denominator rises.
// Beyond, it is below a function that falls everywhere. So it is known where to stop.
type spread struct {
	tilt
	k      uint64
	middle u128    // near the mean
	n      float64 // number of terms: an odd integer
	bound  float64 // n times the bound

	small  bool      // the probabilities are computed without the sum
	re, im []float64 // its terms at the middle, both of each pair together
	error  float64   // of a probability by the sum, divided by the bound

	logTotal  float64
	deviation float64 // of the sum
	doubt     float64 // for tests: see uniformly

	// For byCounting: a factor, its logarithm, and how large the terms are that this is the sum of.
	scale, logScale, logTerms float64

	looks   atomic.Int32
	squeeze atomic.Pointer[squeeze]
}

const (
	fewParts   = 24 // below, the terms do not fall fast enough
	enough     = -22.0
	looseBound = -14.0 // of the logarithm of what the bound leaves open
)

func newSpread(t tilt, k uint64) *spread {
	t.flip = false
	s := &spread{tilt: t, k: k, small: k < fewParts, logTotal: t.logTotal()}
	mean, variance := moments(t.w, t.rate)
	s.middle = whole(by(mean, float64(k)))
	if k == 2 {
		s.n, s.bound = 1, s.boundOfTwo()
		return s
	}
	top := product(k, t.w).float() + 1
	s.deviation = math.Sqrt(by(variance, float64(k)))
	tail := enough
	if s.small {
		s.n, tail = 8*s.deviation+8, looseBound/2
	} else {
		s.n = 16*s.deviation + 40
	}
	for {
		s.n = 2*math.Floor(s.n/2) + 1
		if s.n >= top {
			s.n = 2*math.Floor(top/2) + 1
			break
		}
		if s.small || s.logOutside(s.n/2)+log(s.n) < enough {
			break
		}
		s.n = by(s.n, 1.25)
	}
	s.sum(tail)
	if s.small {
		s.setScale()
	}
	return s
}

// setScale prepares byCounting: what the number of splits of j, over (w+1)^(k-1) and without the
// factor of 1/(k-1)!, is to be multiplied with, but for e^(-rate*j).
func (s *spread) setScale() {
	add := func(x float64) {
		s.logScale += x
		s.logTerms += math.Abs(x)
	}
	add(float64(s.k-1) * math.Log(float64(s.w)+1))
	add(-float64(s.k) * s.logTotal)
	add(math.Log(s.n / s.bound))
	for l := uint64(2); l < s.k; l++ {
		add(-math.Log(float64(l)))
	}
	s.scale = math.Exp(s.logScale)
}

// boundOfTwo returns a bound of (number of splits of j into two) * e^(-rate*j).
func (s *spread) boundOfTwo() float64 {
	w := float64(s.w)
	if s.rate == 0 {
		return by(w+1, 1+0x1p-50)
	}
	at := min(w, max(0, 1/s.rate-1))
	return by(by(at+1, exp(-by(s.rate, at))), 1+0x1p-30)
}

// logOutside returns the logarithm of a bound of the probability that the sum differs from the
// middle by d or more, by Chernoff.
func (s *spread) logOutside(d float64) float64 {
	k := float64(s.k)
	side := func(mean, sum float64) float64 {
		w := float64(s.w)
		if mean <= 0 || mean >= w {
			return math.Inf(-1)
		}
		var rate float64 // at which this would be the mean
		if mean <= w/2 {
			rate = rateFor(s.w, mean)
		} else {
			rate = -rateFor(s.w, w-mean)
		}
		return by(k, logTotalAt(s.w, rate)-s.logTotal) - by(s.rate-rate, sum)
	}
	middle := s.middle.float()
	low := side((middle-d)/k, middle-d)
	high := side((middle+d)/k, middle+d)
	return max(low, high) + 1 // a factor of 2 for both, and rounding
}

func logTotalAt(w uint64, rate float64) float64 {
	if rate < 0 {
		return by(-rate, float64(w)) + tilt{w: w, rate: -rate}.logTotal()
	}
	return tilt{w: w, rate: rate}.logTotal()
}

// sum fills in the terms, and the bound.
func (s *spread) sum(tail float64) {
	k := float64(s.k)
	phi := newTransform(s.tilt)
	terms := (s.n - 1) / 2
	lobe := s.n / phi.m // terms before 2*pi/(w+1)
	beyond := phi.logBeyond(k, min(terms, lobe), terms, s.n)
	total, rest := 1.0, math.Inf(-1)
	if !s.small {
		s.re, s.im = make([]float64, 0, usualTerms), make([]float64, 0, usualTerms)
	}
	for i := 1.0; i <= terms; i++ {
		phi.at(i / s.n)
		size := by(k, phi.logAbs())
		term := 2 * exp(size)
		total += term
		if !s.small {
			sin, cos := math.Sincos(s.phase(phi.arg(), i))
			s.re = append(s.re, term*cos)
			s.im = append(s.im, term*sin)
		}
		if size > tail || i == terms { // there is more, or there is nothing
			continue
		}
		left := phi.logBeyond(k, i, terms, s.n)
		if i < lobe {
			left = logSum(size+log(2*lobe), beyond)
		}
		if left < tail {
			rest = left
			break
		}
	}
	left := exp(rest)
	s.error = 0x1p-42 + by(k, 0x1p-47) + 2*left + exp(enough)
	s.bound = by(total+2*left, 1+0x1p-30+by(k, 0x1p-46))
}

const usualTerms = 64

// phase returns the argument of a term at the middle, given that of phi.
func (s *spread) phase(arg, i float64) float64 {
	return float64(s.k)*arg - 2*math.Pi*(i/s.n)*s.middle.float()
}

// logSum returns log(e^a + e^b), or a little more.
func logSum(a, b float64) float64 { return max(a, b) + math.Ln2 }

// accepts tosses a coin that is accepted with the probability of j divided by the bound. If the
// law is flipped, j is what the sum is after all parts were turned round.
func (s *spread) accepts(j u128, from *words) bool {
	c := toss(from)
	if q := s.squeeze.Load(); q != nil {
		if p, ok := q.look(s, j); ok {
			if yes, sure := c.below(p, q.slack+s.doubt); sure {
				return yes
			}
		}
	} else if s.looks.Add(1) == fewLooks && s.squeezable() {
		s.squeeze.Store(newSqueeze(s))
	}
	return s.decides(&c, j, s.doubt)
}

// decides reports whether a coin is below the probability of j divided by the bound.
func (s *spread) decides(c *coin, j u128, doubt float64) bool {
	p, slack := s.about(j)
	if yes, sure := c.below(p, slack+doubt); sure {
		return yes
	}
	return s.decidesExactly(c, j)
}

func (s *spread) decidesExactly(c *coin, j u128) bool {
	return c.exactly(func(bits uint) (low, high *big.Float) { return s.exactly(j, bits) })
}

// about returns the probability divided by the bound, and how good that is.
func (s *spread) about(j u128) (p, slack float64) {
	if s.k == 2 {
		ways := min(j.float(), product(2, s.w).minus(j).float()) + 1
		p = ways * math.Exp(-s.rate*j.float()) / s.bound
		return p, 0x1p-42 * (1 + s.rate*j.float()) * p
	}
	if s.small {
		return s.byCounting(j)
	}
	d := j.distance(s.middle)
	if math.Abs(d) > s.n/2 && s.n < product(s.k, s.w).float()+1 {
		return 0, s.error
	}
	return s.waves(d), s.error
}

// waves returns the short sum, d from the middle, divided by the bound.
func (s *spread) waves(d float64) float64 {
	sin, cos := math.Sincos(2 * math.Pi * (d / s.n))
	var re, im float64
	for i := len(s.re) - 1; i >= 0; i-- { // Horner, in e^(-i*x*d)
		re, im = re+s.re[i], im+s.im[i]
		re, im = re*cos+im*sin, im*cos-re*sin
	}
	return (1 + re) / s.bound
}

// byCounting is about, for few parts: it counts the splits of j, by the formula of splits.
func (s *spread) byCounting(j u128) (p, slack float64) {
	turned := product(s.k, s.w).minus(j)
	fewer := j
	if turned.less(j) {
		fewer = turned
	}
	inverse := 1 / (float64(s.w) + 1)
	var sum, abs float64
	ways := 1.0
	step := product(1, s.w).plus(u128{0, 1})
	for at, i := fewer, uint64(0); ; i++ {
		// (at+1) * (at+2) * ... * (at+k-1), each over w+1: two products, which a processor can
		// work on at the same time.
		x := at.float() * inverse
		odd, even := 1.0, 1.0
		for l := 1.0; l < float64(s.k); l += 2 {
			odd *= x + l*inverse
			even *= x + (l+1)*inverse
		}
		if s.k%2 == 0 {
			even /= x + float64(s.k)*inverse
		}
		term := ways * odd * even
		abs += term
		if i%2 == 0 {
			sum += term
		} else {
			sum -= term
		}
		if i == s.k || at.less(step) {
			break
		}
		ways *= float64(s.k-i) / float64(i+1)
		at = at.minus(step)
	}
	exponent := s.rate * j.float()
	scale := s.scale * math.Exp(-exponent)
	if s.scale == 0 || math.IsInf(s.scale, 1) { // together they need not be so small, or large
		scale = math.Exp(s.logScale - exponent)
	}
	slack = 0x1p-44*scale*abs + 0x1p-44*(1+exponent+s.logTerms)*scale*math.Abs(sum)
	return sum * scale, slack
}
