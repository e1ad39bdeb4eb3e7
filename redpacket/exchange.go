package redpacket

import "math/bits"

// exchange begins with parts that are all alike, as far as they can be, and then lets two of
// them, chosen at random, divide what they have together anew, again and again. Uniform splits
// stay uniform under that, and whatever one begins with comes nearer to uniform with each step:
// but it does not arrive.
type exchange struct {
	window
	steps uint64
}

func newExchange(p Params) (drawer, error) {
	if err := notTooMany(p, mostWork); err != nil {
		return nil, err
	}
	d := &exchange{window{uint64(p.N), p.Min, p.width(), p.excess()}, 0}
	if p.N > 1 {
		d.steps = d.n * uint64(bits.Len64(d.n))
	}
	return d, affordable(float64(d.steps))
}

func (d *exchange) run(from *words, next func(n int) []int64, done func([]int64) bool) {
	if d.n == 0 {
		return
	}
	dst := next(int(d.n))
	mean, over := bits.Div64(d.t.hi, d.t.lo, d.n)
	for i := range dst {
		dst[i] = d.base + int64(mean)
		if uint64(i) < over {
			dst[i]++
		}
	}
	for range d.steps {
		i, j := uniform(d.n-1, from), uniform(d.n-2, from)
		if j >= i {
			j++ // another one
		}
		var sum u128
		for _, v := range []int64{dst[i], dst[j]} {
			sum = sum.plus(u128{0, uint64(v) - uint64(d.base)})
		}
		var pair [2]int64
		drawTwo(pair[:], d.base, sum, d.w, from)
		dst[i], dst[j] = pair[0], pair[1]
	}
	done(dst)
}
