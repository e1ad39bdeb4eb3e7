package redpacket

import "math/bits"

// average draws each part from Min to twice the mean of what is left, so that its mean is the
// mean, whatever those before took. That is how WeChat's envelopes are said to be opened, where
// there is no Max. With one, what is drawn from has to be cut off there; where the mean is beyond
// the middle that makes the early parts too small, and the late ones too large. symmetric cuts
// off both sides: it draws from the mean and as far from it as the nearer bound is.
type average struct {
	window
	symmetric bool
}

func newAverage(p Params) (drawer, error) {
	return &average{window{uint64(p.N), p.Min, p.width(), p.excess()}, false}, notTooMany(p, mostParts)
}

func newSymmetric(p Params) (drawer, error) {
	return &average{window{uint64(p.N), p.Min, p.width(), p.excess()}, true}, notTooMany(p, mostParts)
}

func (d *average) run(from *words, next func(n int) []int64, done func([]int64) bool) {
	others, t := d.n, d.t
	for dst := range blocks(d.n, next, done) {
		for i := range dst {
			others--
			low, high := room(others, d.w, t)
			twice, above := twiceMean(others+1, d.w, t)
			if high = min(high, twice); d.symmetric {
				low = max(low, above)
			}
			v := low + uniform(high-low, from)
			dst[i] = d.base + int64(v)
			t = t.minus(u128{0, v})
		}
	}
}

// twiceMean returns 2*t/n, rounded down: up to w, and what is above that. t is at most n*w.
func twiceMean(n, w uint64, t u128) (upTo, above uint64) {
	mean, over := bits.Div64(t.hi, t.lo, n)
	half := uint64(0) // of the two, there is one more coin in what is over
	if over >= n-over && over > 0 {
		half = 1
	}
	if mean < w-mean {
		return 2*mean + half, 0
	}
	return w, mean - (w - mean) + half
}
