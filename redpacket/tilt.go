package redpacket

import "math"

// A tilt is the law of one part before anything is known of the others: the values 0..w, each
// with a probability proportional to e^(-rate*v). Given their sum, parts of any such law are
// uniform over all splits of that sum, since all these have the same probability. So the rate is
// free, and the best one makes the sum that is wanted the one that is expected.
type tilt struct {
	w    uint64
	rate float64 // >= 0; 0 is the uniform law
	flip bool    // the values are w-v instead: the larger ones are the likely ones
}

// moments returns the mean and the variance of a tilt that is not flipped, roughly.
func moments(w uint64, rate float64) (mean, variance float64) {
	m := float64(w) + 1
	x := by(rate, m)
	mm := by(m, m)
	if x < 0.5 { // the differences below would cancel
		xx := by(x, x)
		m4 := by(mm, mm)
		mean = (m-1)/2 - by(rate, mm-1)/12 + by(by(rate, by(rate, rate)), m4-1)/720
		variance = (mm-1)/12 - by(by(rate, rate), m4-1)/240 + by(by(xx, xx), mm)/6048
		return mean, variance
	}
	a, b := expm1(rate), expm1(x) // b may be infinite
	mean = 1/a - m/b
	variance = (1+a)/by(a, a) - by(mm, 1/b+1/by(b, b))
	return mean, variance
}

// rateFor returns the rate at which the mean of 0..w is about mean, which is at most w/2.
func rateFor(w uint64, mean float64) float64 {
	low, high := 0.0, log1p(1/mean) // without an upper bound it would be this one
	m := float64(w) + 1
	rate := min(high, 12*(float64(w)/2-mean)/by(m, m))
	for range 200 { // from the uniform law Newton doubles the rate until it is 1, and adds 1 from there on
		at, variance := moments(w, rate)
		if at > mean {
			low = rate
		} else {
			high = rate
		}
		next := rate + (at-mean)/variance
		if !(next > low && next < high) {
			next = (low + high) / 2
		}
		if math.Abs(next-rate) <= rate/(1<<20) {
			return next
		}
		rate = next
	}
	return rate
}

// logTotal returns the logarithm of the sum of e^(-rate*v) over 0..w.
func (t tilt) logTotal() float64 {
	m := float64(t.w) + 1
	if t.rate == 0 {
		return log(m)
	}
	return log(expm1(-by(t.rate, m)) / expm1(-t.rate))
}
