package redpacket

import "math"

// dynamic has a table of how many splits there are of every sum into every number of parts, and
// draws each part with the weight of what it leaves to the others. The numbers are far too large
// for float64, so they are tilted: what the table has is the probability that k parts of the
// tilt have the sum j, divided by that of a part 0 for each. The parts are turned round if that
// makes the sum smaller.
type dynamic struct {
	window
	flip  bool
	sum   int
	power []float64   // of a value v, relative to that of 0: e^(-rate*v)
	table [][]float64 // [k][j], for j up to the sum
}

// mostTable is how many numbers the table may have: 336 MB of them.
const mostTable = 42 << 20

func newDynamic(p Params) (drawer, error) {
	if err := notTooMany(p, mostTable); err != nil {
		return nil, err
	}
	if only, ok := asAlike(p); ok {
		return only, nil
	}
	d := &dynamic{window: window{uint64(p.N), p.Min, p.width(), p.excess()}}
	t := d.t
	if rest := product(d.n, d.w).minus(t); rest.less(t) {
		t, d.flip = rest, true
	}
	if numbers := (t.float() + 1) * (float64(d.n) + 1); numbers > mostTable {
		return nil, unsuited("its table would have %.2g numbers, and more than %d are too many", numbers, mostTable)
	}
	d.sum = int(t.lo)
	// A value larger than the sum is not drawn, so that there may be fewer powers than values.
	rate := 0.0
	if mean := t.float() / float64(d.n); mean < float64(d.w)/2 {
		rate = rateFor(d.w, mean)
	}
	likeliest := exp(-tilt{w: d.w, rate: rate}.logTotal())
	d.power = make([]float64, min(d.w, t.lo)+1)
	for v := range d.power {
		d.power[v] = exp(-by(rate, float64(v)))
	}
	d.table = [][]float64{make([]float64, d.sum+1)}
	d.table[0][0] = 1
	for range d.n - 1 {
		d.table = append(d.table, d.oneMore(d.table[len(d.table)-1], likeliest))
	}
	return d, nil
}

// oneMore returns the row for one part more: at j, the sum of row[j-v]*power[v] over all values v,
// times scale. There are m of them. The row is cut into pieces of m numbers; then what is summed
// up is the end of one piece and the beginning of the next, and all of these are found by adding
// one number each. (To add one number and to take another one off would be simpler, but the
// difference of two numbers that are nearly equal is no number any more.)
func (d *dynamic) oneMore(row []float64, scale float64) []float64 {
	m := len(d.power)
	ratio := 0.0
	if m > 1 {
		ratio = d.power[1]
	}
	more := make([]float64, len(row))
	ends := make([]float64, m) // of the piece before: the sum from i on, tilted to its last number
	for begin := 0; begin < len(row); begin += m {
		piece := row[begin:min(len(row), begin+m)]
		head := 0.0
		for i, p := range piece {
			head = by(head, ratio) + p
			more[begin+i] = by(scale, head)
			if i+1 < m {
				more[begin+i] += by(by(scale, d.power[i+1]), ends[i+1])
			}
		}
		if len(piece) == m {
			tail := 0.0
			for i := m - 1; i >= 0; i-- {
				tail += by(piece[i], d.power[m-1-i])
				ends[i] = tail
			}
		}
	}
	return more
}

func (d *dynamic) run(from *words, next func(n int) []int64, done func([]int64) bool) {
	others, j := d.n, d.sum
	for dst := range blocks(d.n, next, done) {
		for i := range dst {
			others--
			v := d.part(others, j, from)
			j -= v
			if d.flip {
				v = int(d.w) - v
			}
			dst[i] = d.base + int64(v)
		}
	}
}

// part draws a value, if the sum of it and others is j. It leaves them a split, whatever errors
// the table has.
func (d *dynamic) part(others uint64, j int, from *words) int {
	first, last := room(others, d.w, u128{0, uint64(j)})
	low, high := int(first), int(last)
	row := d.table[others]
	total := 0.0
	for v := low; v <= high; v++ {
		total += by(d.power[v], row[j-v])
	}
	at := by(math.Ldexp(float64(from.next()>>11), -53), total)
	v := low
	for ; v < high; v++ {
		if at -= by(d.power[v], row[j-v]); at < 0 {
			break
		}
	}
	return v
}
