package redpacket

import "math"

// retry draws all parts without regard to their sum, and does so again until it fits.
type retry struct{ window }

func newRetry(p Params) (drawer, error) {
	if err := notTooMany(p, mostWork); err != nil {
		return nil, err
	}
	d := &retry{window{uint64(p.N), p.Min, p.width(), p.excess()}}
	if p.N == 0 {
		return d, nil
	}
	return d, affordable(float64(p.N) / chance(tilt{w: d.w}, d.n, d.t))
}

func (d *retry) run(from *words, next func(n int) []int64, done func([]int64) bool) {
	dst := next(int(d.n))
	for {
		var sum u128
		for i := range dst {
			v := uniform(d.w, from)
			dst[i] = d.base + int64(v)
			sum = sum.plus(u128{0, v})
		}
		if sum == d.t {
			done(dst)
			return
		}
	}
}

// chance returns the probability that n parts of a tilt have the sum t, or a little less. If
// nothing but rounding errors is known of it, it returns 0.
func chance(law tilt, n uint64, t u128) float64 {
	if law.flip {
		t = product(n, law.w).minus(t)
	}
	if n == 1 {
		return math.Exp(-law.rate*t.float() - law.logTotal())
	}
	s := newSpread(law, n)
	p, slack := s.about(t) // divided by what it is at most
	most := s.bound / s.n
	if n == 2 {
		most = s.bound * math.Exp(-2*s.logTotal)
	}
	return max(0, p-slack) * most
}
