package leash

import (
	"math/rand/v2"

	"lab.example/gopark/redpacket"
)

// walk fills parts with one split made by the threshold walk, as the notes have it,
// and returns how many numbers it drew. It keeps the running sum on a leash: after
// each part the sum may differ from what the mean would have given by no more than
// one part can differ from the mean. A draw that strains the leash is thrown away.
// The last part is not drawn: it is what is left.
//
// It inherits what is wrong with the original. The mean is an integer, so the
// remainder of the sum is lost. And nothing keeps the last part within bounds.
func walk(p redpacket.Params, rng *rand.Rand, parts []int64) (draws int64) {
	mean := p.Sum / int64(p.N)
	ahead := int64(0) // the running sum less the mean's
	last := p.N - 1
	for i := range last {
		for {
			draws++
			part := p.Min + rng.Int64N(p.Max-p.Min+1)
			if then := ahead + part - mean; p.Min-mean <= then && then <= p.Max-mean {
				parts[i], ahead = part, then
				break
			}
		}
	}
	parts[last] = mean - ahead
	return draws
}
