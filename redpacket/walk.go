package redpacket

// walk is the threshold walk, as the notes have it. It keeps the running sum on a leash: after
// each part the sum may differ from what the mean would have given by no more than one part can
// differ from the mean. A draw that strains the leash is thrown away. The last part is not drawn:
// it is what is left.
//
// It has all that is wrong with the original. The mean is an integer, so the remainder of the
// sum is lost. And nothing keeps the last part within bounds: if the sum is ahead by all that
// the leash allows, Max less the mean, then so much less than the mean is left.
type walk struct {
	Params
	mean int64
}

// mostOfWalk is how large its numbers may be: it computes with int64 and does not look.
const mostOfWalk = 1 << 60

func newWalk(p Params) (drawer, error) {
	w := &walk{Params: p}
	if p.N == 0 {
		return w, nil
	}
	if p.Min < -mostOfWalk || p.Max > mostOfWalk {
		return nil, unsuited("its sums overflow: no part may be beyond 2^60")
	}
	w.mean = p.Sum / int64(p.N)
	// Wherever the sum is on its leash, at least so many values of a part are allowed.
	allowed := min(w.mean-p.Min, p.Max-w.mean) + 1
	return w, affordable(float64(p.N) * (float64(p.width()) + 1) / float64(allowed))
}

func (w *walk) run(from *words, next func(n int) []int64, done func([]int64) bool) {
	left := w.N
	ahead := int64(0) // the running sum less the mean's
	for parts := range blocks(uint64(w.N), next, done) {
		for i := range parts {
			if left--; left == 0 {
				parts[i] = w.mean - ahead
				break
			}
			for {
				part := w.Min + int64(uniform(w.width(), from))
				if then := ahead + part - w.mean; w.Min-w.mean <= then && then <= w.Max-w.mean {
					parts[i], ahead = part, then
					break
				}
			}
		}
	}
}
