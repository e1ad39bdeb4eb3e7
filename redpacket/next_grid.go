package redpacket

import (
	"math"
	"math/bits"
)

// What Next prepares is for a tilt and for a band of numbers of parts. Both are on a grid that does
// not depend on what is left, so that a few of each serve all envelopes of a width. For that there
// are more tries: some four in a hundred since the mean is off, by up to 0.7 times the standard
// deviation of the mean of what is left, and near the middle 1.1 times; and as many since the bound
// is that of the fewest parts.

// nearMean returns the mean on the grid for n parts of 0..w whose sum is t, at most n*w/2. The step is
// the power of 2 that is nearest to the standard deviation of a part divided by sqrt(n), roughly.
// Near the middle the mean is w/2, where all values are equally likely.
func nearMean(n, w uint64, t u128) float64 {
	mean, most := t.float()/float64(n), float64(w)
	variance := min(by(most, most+2)/12, by(mean, mean+1)) // of all alike, and of what has no bound
	_, e := math.Frexp(2 * variance / float64(n))
	step := math.Ldexp(1, (e-1)>>1)
	// This is not 0: mean/step is at least sqrt(n*mean/(mean+1)/2), and so more than 1/2.
	near := by(step, math.Floor(mean/step+0.5))
	if most/2-mean < step/2 || most/2-near < step/4 {
		return most / 2
	}
	return near
}

// tilt returns the tilt of a place.
func (p place) tilt() tilt {
	t := tilt{w: p.w}
	if p.mean < float64(p.w)/2 {
		t.rate = rateFor(p.w, p.mean)
	}
	return t
}

// fewest is from how many parts on there are bands. Of fewer the splits are counted, which is
// cheaper then, while the terms of a Fourier sum fall the slower the fewer parts there are.
const fewest = 8

// bandOf returns the band of k parts, fewest or more, from low to high: four of them, or a quarter
// of what is between two powers of 2.
func bandOf(k uint64) (low, high uint64) {
	shift := max(2, bits.Len64(k)-3)
	low = k >> shift << shift
	return low, low + 1<<shift - 1
}
