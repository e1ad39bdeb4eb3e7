package redpacket

import "math/bits"

// leash is the threshold walk, mended. Let the line be what the sum would be if everybody got
// the mean, a fraction as it may be. After each part the sum must be where one more part can
// bring it exactly onto the line. So the leash is as long as the next part can pull back, where
// that of the walk is as long as the last part could pull away: it is turned round. The last
// part is then what brings the sum onto the line, and within bounds as it must be.
//
// That is: after i parts, i*Sum/N - sum is between Min - Sum/N and Max - Sum/N. It is computed in
// integers: how much is left up to the whole coins of the line at the next part, and the N-ths
// beyond. There is always a part that the leash allows, and all of them are drawn from at once, so that
// nothing is thrown away.
type leash struct {
	n    uint64
	base int64
	w    uint64
	mean uint64 // of parts less Min, whole coins
	over uint64 // and N-ths
}

func newLeash(p Params) (drawer, error) {
	l := &leash{n: uint64(p.N), base: p.Min, w: p.width()}
	if p.N > 0 {
		t := p.excess()
		l.mean, l.over = bits.Div64(t.hi, t.lo, l.n) // t.hi < n, since t <= n*w
	}
	return l, notTooMany(p, mostParts)
}

func (l *leash) run(from *words, next func(n int) []int64, done func([]int64) bool) {
	left := l.n
	short := l.mean // of the line at the next part, whole coins
	over := l.over  // and N-ths
	for dst := range blocks(l.n, next, done) {
		for i := range dst {
			if left--; left == 0 {
				dst[i] = l.base + int64(short)
				break
			}
			step := l.mean
			slack := l.w // of what may be left up to the line, after this part
			if over += l.over; over >= l.n {
				over -= l.n
				step++
			}
			if over > 0 {
				slack--
			}
			low, high := between(short, step, slack, l.w)
			v := low + uniform(high-low, from)
			short = u128{0, short}.plus(u128{0, step}).minus(u128{0, v}).lo
			dst[i] = l.base + int64(v)
		}
	}
}

// between returns the least and the largest v up to w for which short + step - v is between 0 and
// slack.
func between(short, step, slack, w uint64) (low, high uint64) {
	all := u128{0, short}.plus(u128{0, step})
	if (u128{0, slack}).less(all) {
		low = all.minus(u128{0, slack}).lo
	}
	if high = w; all.less(u128{0, w}) {
		high = all.lo
	}
	return low, high
}
