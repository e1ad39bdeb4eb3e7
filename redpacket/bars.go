package redpacket

import (
	"math"
	"slices"
)

// bars draws stars and bars: t stars in a row and N-1 bars among them, at places of which all
// choices are equally likely; the parts are the stars between the bars. That knows nothing of
// Max, and so it is done again until no part is larger. Where the mean is beyond the middle, the
// parts are turned round, so that the stars are few.
type bars struct {
	window
	turned bool
	stars  uint64
}

const mostBars = 1 << 18

func newBars(p Params) (drawer, error) {
	if err := notTooMany(p, mostBars); err != nil {
		return nil, err
	}
	d := &bars{window: window{uint64(p.N), p.Min, p.width(), p.excess()}}
	if p.N == 0 {
		return d, nil
	}
	t := d.t
	if rest := product(d.n, d.w).minus(t); rest.less(t) {
		t, d.turned = rest, true
	}
	if t.hi > 0 || t.lo > math.MaxInt64-mostBars {
		return nil, unsuited("there are more than 2^63 places for the bars")
	}
	d.stars = t.lo
	return d, affordable(float64(p.N) / d.chance())
}

// chance returns the probability that no part is larger than it may be, or 0 if that is hopeless.
// As in excluding, what breaks the bound in some places is taken off and added again. The terms
// are at most those of the series of e^-first, and the chance is at most e^-first, since one large
// part makes others less likely.
func (d *bars) chance() float64 {
	chance, term := 1.0, 1.0
	stars := float64(d.stars)
	for i := 1.0; i <= float64(d.n); i++ {
		left := stars - i*(float64(d.w)+1)
		if left < 0 {
			break
		}
		term *= -(float64(d.n) - i + 1) / i * share(left, float64(d.w)+1, float64(d.n)-1)
		if term < -20 && i == 1 {
			return 0
		}
		chance += term
		if math.Abs(term) < 1e-15 {
			break
		}
	}
	return max(0, chance-1e-8)
}

// share returns C(t+k, k) / C(t+m+k, k): the product of (t+j) / (t+m+j) over j = 1..k, which is
// that of (t+j) / (t+k+j) over j = 1..m.
func share(t, m, k float64) float64 {
	m, k = max(m, k), min(m, k)
	log := 0.0
	for j := 1.0; j <= k && log > -50; j++ {
		log += math.Log1p(-m / (t + m + j))
	}
	return math.Exp(log)
}

func (d *bars) run(from *words, next func(n int) []int64, done func([]int64) bool) {
	if d.n == 0 {
		return
	}
	dst := next(int(d.n))
	places := make([]uint64, d.n-1)
	taken := make(map[uint64]bool, d.n-1)
	for !d.fits(places, taken, dst, from) {
	}
	done(dst)
}

// fits draws the places of the bars, as Floyd does: of the first k places one more is taken each
// time, and if it is taken already, the k-th is, which was none of them before.
func (d *bars) fits(places []uint64, taken map[uint64]bool, dst []int64, from *words) bool {
	clear(taken)
	for i := range places {
		k := d.stars + uint64(i)
		place := uniform(k, from)
		if taken[place] {
			place = k
		}
		taken[place] = true
		places[i] = place
	}
	slices.Sort(places)
	begin := uint64(0)
	for i := range dst {
		end := d.stars + uint64(len(places))
		if i < len(places) {
			end = places[i]
		}
		v := end - begin
		if v > d.w {
			return false
		}
		if d.turned {
			v = d.w - v
		}
		dst[i] = d.base + int64(v)
		begin = end + 1
	}
	return true
}
