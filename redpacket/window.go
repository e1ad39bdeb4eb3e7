package redpacket

// window draws each part from all values that leave the others a split, and thinks no further:
// a value that leaves them a single one is as likely as one that leaves them a million. Who
// comes early takes from the middle of the range, whatever the mean is, and who comes late has
// to put it right.
type window struct {
	n    uint64
	base int64
	w    uint64
	t    u128
}

func newWindow(p Params) (drawer, error) {
	return &window{uint64(p.N), p.Min, p.width(), p.excess()}, notTooMany(p, mostParts)
}

func (d *window) run(from *words, next func(n int) []int64, done func([]int64) bool) {
	others, t := d.n, d.t
	for dst := range blocks(d.n, next, done) {
		for i := range dst {
			others--
			low, high := room(others, d.w, t)
			v := low + uniform(high-low, from)
			dst[i] = d.base + int64(v)
			t = t.minus(u128{0, v})
		}
	}
}
