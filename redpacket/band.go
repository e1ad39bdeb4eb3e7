package redpacket

import "math"

// A band is the spreads of one tilt for all numbers of parts from low to high, at once. They share
// the number n of terms of their Fourier sums, and the bound: since |phi| is at most 1, that of the
// fewest parts is one for all. So a part that was drawn is accepted, if k parts with the sum j come
// after it, with the probability
//
//	1/bound * (phi(0)^k e^0 + phi(1*x)^k e^(-1*i*x*j) + ... + phi((n-1)*x)^k ...),  x = 2*pi/n
//
// With d = j - k*mean for j this is a sum of waves e^(k*z - i*l*x*d), z = log phi(l*x) -
// i*l*x*mean. It is smooth not only in d but in k as well, as though there were half a part:
// see lattice.
type band struct {
	tilt
	low, high uint64
	mean      float64 // of a part
	deviation float64 // of the sum of the fewest parts

	n     float64 // number of terms
	reach float64 // sums that are further from the mean are as good as impossible
	bound float64 // n times the bound
	waves []wave  // those that matter, without the first one, which is 1
	error float64 // of a probability by the sum, divided by the bound

	lattice
}

// wave is z of a term: the logarithm of |phi|, and its argument when the mean is taken off.
type wave struct{ fall, turn float64 }

// scant returns the logarithm of what may be missing in a short sum of so many parts. It is more
// than in that of a spread, so that there are fewer terms: of few parts, of which there are the most
// terms, exact numbers take some 0.1 ms, of more they take longer and are asked for more rarely.
func scant(parts uint64) float64 {
	if parts <= countable {
		return -13
	}
	return -18
}

// newBand returns the band of low to high parts, fewest of them or more.
func newBand(t tilt, low, high uint64) *band {
	b := &band{tilt: t, low: low, high: high}
	var variance float64
	b.mean, variance = moments(t.w, t.rate)
	b.deviation = math.Sqrt(by(variance, float64(low)))
	b.setTerms(math.Sqrt(by(variance, float64(high))))
	b.sum()
	b.lay(perDeviation)
	return b
}

// setTerms chooses the number of terms, given the deviation of the most parts: so many that no sum
// is likely to be taken for one that is off by a multiple of their number.
func (b *band) setTerms(deviation float64) {
	top := product(b.high, b.w).float() + 1
	for b.n = by(14, deviation) + 30; ; b.n = by(b.n, 1.25) {
		b.n = 2*math.Floor(b.n/2) + 1
		if b.n >= top && top < 1<<52 { // none is
			b.n, b.reach = 2*math.Floor(top/2)+1, math.Inf(1)
			return
		}
		b.reach = b.n/2 - 1 // and what is taken for a sum within it is beyond
		if max(b.logOutside(-b.reach), b.logOutside(b.reach)) < scant(b.high) {
			return
		}
	}
}

// logOutside returns the logarithm of a bound of n times the probability of all sums together that
// are d from the mean and, n apart, beyond, whatever number of parts in the band it is of.
//
// The probability of a sum is that at another rate, which is no more than that of the likeliest
// part, times e^(k*each - (b.rate-rate)*d) for k parts: this is largest at an end of the band.
// A rate is good at which such a sum would be the mean.
func (b *band) logOutside(d float64) float64 {
	low, high, w := float64(b.low), float64(b.high), float64(b.w)
	mean := b.mean + d/high
	if mean <= 0 || mean >= w {
		return math.Inf(-1) // nor is there such a sum of fewer parts
	}
	var rate float64
	if mean <= w/2 {
		rate = rateFor(b.w, mean)
	} else {
		rate = -rateFor(b.w, w-mean)
	}
	if by(math.Abs(b.rate-rate), b.n) < 2 {
		return 0 // the sums beyond would count too
	}
	each := logTotalAt(b.w, rate) - b.logTotal() - by(b.rate-rate, b.mean)
	likeliest := -tilt{w: b.w, rate: math.Abs(rate)}.logTotal()
	// A factor of 2.5 for the other side and what is beyond, and rounding.
	return max(by(low, each), by(high, each)) - by(b.rate-rate, d) + likeliest + log(b.n) + 1 + by(high, 0x1p-45)
}

// sum fills in the waves, and the bound. It stops where a spread would: see spread.sum.
func (b *band) sum() {
	k := float64(b.low)
	tail := scant(b.high)
	phi := newTransform(b.tilt)
	terms := math.Floor((b.n - 1) / 2)
	lobe := b.n / phi.m // terms before 2*pi/(w+1)
	beyond := phi.logBeyond(k, min(terms, lobe), terms, b.n)
	total, slope, rest := 1.0, 0.0, math.Inf(-1)
	b.waves = make([]wave, 0, usualTerms/2)
	for i := 1.0; i <= terms; i++ {
		phi.at(i / b.n)
		fall := phi.logAbs()
		size := by(k, fall)
		term := 2 * exp(size)
		total += term
		slope += by(term, by(2*math.Pi, i/b.n))
		b.waves = append(b.waves, wave{fall, b.argument(&phi, i)})
		if size > tail || i == terms { // there is more, or there is nothing
			continue
		}
		left := phi.logBeyond(k, i, terms, b.n)
		if i < lobe {
			left = logSum(size+log(2*lobe), beyond)
		}
		if left < tail {
			rest = left
			break
		}
	}
	left, high := exp(rest), float64(b.high)
	b.bound = by(total+2*left, 1+0x1p-30+by(high, 0x1p-46))
	// What is computed is rounded; so is d; and there are the terms and the sums that are left out.
	b.error = 0x1p-40 + by(high, 0x1p-45) + by(slope/b.bound, by(0x1p-50, by(high, b.mean)+b.n)) + 2*left + exp(tail)
}

// argument returns the argument of phi at the term i when a turn by the mean is taken off, from -pi to
// pi. It is not the same to the last bit everywhere.
func (b *band) argument(phi *transform, i float64) float64 {
	if b.rate == 0 { // nothing is left but the sign
		if phi.far < 0 {
			return math.Pi
		}
		return 0
	}
	turn := phi.arg() - 2*math.Pi*(i/b.n)*b.mean
	return turn - 2*math.Pi*math.Floor(turn/(2*math.Pi)+0.5)
}

// decides reports whether a coin is below the probability that k parts have the sum j, divided by
// the bound. If the lattice leaves that open the short sum is asked, and then exact numbers.
func (b *band) decides(c *coin, k uint64, j u128, doubt float64) bool {
	d := b.off(k, j)
	if p, ok := b.look(k, d); ok {
		if yes, sure := c.below(p, b.slack+doubt); sure {
			return yes
		}
	}
	if yes, sure := c.below(b.direct(k, d), b.error+doubt); sure {
		return yes
	}
	return b.at(k).decidesExactly(c, j)
}

// off returns how far a sum is from the mean.
func (b *band) off(k uint64, j u128) float64 { return j.float() - float64(k)*b.mean }

// direct returns the short sum, divided by the bound.
func (b *band) direct(k uint64, d float64) float64 {
	if math.Abs(d) > b.reach {
		return 0
	}
	x, sum := d/b.n, 1.0
	for i, z := range b.waves {
		size := 2 * math.Exp(float64(k)*z.fall)
		sum += size * math.Cos(float64(k)*z.turn-2*math.Pi*(float64(i+1)*x))
	}
	return sum / b.bound
}

// at returns the spread of k parts, as far as it is needed for exact numbers.
func (b *band) at(k uint64) *spread {
	return &spread{
		tilt: b.tilt, k: k, n: b.n, bound: b.bound, logTotal: b.logTotal(), middle: whole(by(b.mean, float64(k))),
	}
}
