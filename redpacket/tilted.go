package redpacket

import "math"

// tilted is retry with parts of a tilt, whose mean is that of the split: see tilt. Given their
// sum, such parts are a uniform split, and it is a likely sum now.
type tilted struct {
	window
	law *law
}

func newTilted(p Params) (drawer, error) {
	if err := notTooMany(p, mostWork); err != nil {
		return nil, err
	}
	if only, ok := asAlike(p); ok {
		return only, nil
	}
	d := tiltedTo(p)
	return d, affordable(float64(p.N) / chance(d.law.tilt, d.n, d.t))
}

func tiltedTo(p Params) *tilted {
	d := &tilted{window: window{uint64(p.N), p.Min, p.width(), p.excess()}}
	t, sum := tilt{w: d.w}, d.t
	if rest := product(d.n, d.w).minus(d.t); rest.less(d.t) {
		t.flip, sum = true, rest
	}
	mean := sum.float() / float64(d.n)
	if _, variance := moments(d.w, 0); float64(d.w)/2-mean > math.Sqrt(variance/float64(d.n))/4 {
		t.rate = rateFor(d.w, mean)
	} else {
		t.flip = false // as good as uniform
	}
	d.law = newLaw(t, groupOf(t.w), leastSpare)
	return d
}

func (d *tilted) run(from *words, next func(n int) []int64, done func([]int64) bool) {
	dst := next(int(d.n))
	for d.law.fillAny(dst, d.base, from) != d.t {
	}
	done(dst)
}

// fillAny is fill for any number of parts.
func (l *law) fillAny(dst []int64, base int64, from *words) u128 {
	even := len(dst) - len(dst)%l.group
	sum := l.fill(dst[:even], base, from)
	if rest := dst[even:]; len(rest) > 0 {
		var group [mostGroup]int64
		l.fill(group[:l.group], 0, from)
		for i, v := range group[:len(rest)] {
			rest[i] = base + v
			sum = sum.plus(u128{0, uint64(v)})
		}
	}
	return sum
}
