package redpacket

import "math"

// divide draws all parts but the last from a tilt; the last is what they leave. If that is a
// value at all, it is accepted with the probability that it has, divided by that of the likeliest
// value, and otherwise all are drawn anew. This is the simplest case of what Uniform does: the
// block is all but one part. It takes as many tries fewer than tilted as the likeliest value of a
// part has a probability.
type divide struct{ tilted }

func newDivide(p Params) (drawer, error) {
	if err := notTooMany(p, mostWork); err != nil {
		return nil, err
	}
	if only, ok := asAlike(p); ok {
		return only, nil
	}
	d := &divide{*tiltedTo(p)}
	likeliest := math.Exp(-d.law.logTotal())
	return d, affordable(float64(p.N) * likeliest / chance(d.law.tilt, d.n, d.t))
}

func (d *divide) run(from *words, next func(n int) []int64, done func([]int64) bool) {
	dst := next(int(d.n))
	last := len(dst) - 1
	for {
		sum := d.law.fillAny(dst[:last], d.base, from)
		if d.t.less(sum) {
			continue
		}
		left := d.t.minus(sum)
		if (u128{0, d.w}).less(left) {
			continue
		}
		dst[last] = d.base + int64(left.lo)
		if d.law.flip {
			left.lo = d.w - left.lo
		}
		c := toss(from)
		if d.law.keeps(left.lo, &c) {
			done(dst)
			return
		}
	}
}
