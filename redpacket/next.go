package redpacket

import (
	"math/rand/v2"
	"sync/atomic"
)

// Next returns the first part of a uniform split of rest: how much is given away next, if that
// is decided only when somebody comes, and then from nothing but what is left. Called again and
// again, with one part less and the sum that is left, it makes uniform splits, from the same
// words other ones than Split. A nil src is a secret one, as with Append.
//
// What was prepared for a rest is remembered for a while, and found again for an equal one.
func Next(src rand.Source, rest Params) (int64, error) {
	if err := rest.Validate(); err != nil {
		return 0, err
	}
	if rest.N == 0 {
		return 0, &ParamError{rest, "there is no next part"}
	}
	from := newWords(orSecret(src))
	w, t := rest.width(), rest.excess()
	var first [2]int64
	switch {
	case t == (u128{}):
		return rest.Min, nil
	case t == product(uint64(rest.N), w):
		return rest.Max, nil
	case rest.N <= 2:
		drawTwo(first[:rest.N], rest.Min, t, w, from)
		return first[0], nil
	}
	at := &nexts[rest.hash()%uint64(len(nexts))]
	n := at.Load()
	if n == nil || n.rest != rest {
		u, err := newUniform(rest)
		if err != nil {
			return 0, err
		}
		n = &next{rest: rest, stage: u.(*uniformly).exactOf(1)}
		at.Store(n)
	}
	n.stage.draw(first[:1], rest.Min, t, from)
	return first[0], nil
}

// next is what was prepared for a rest.
type next struct {
	rest  Params
	stage *stage
}

var nexts [64]atomic.Pointer[next]

// hash spreads Params over nexts.
func (p Params) hash() uint64 {
	h := uint64(p.N)
	for _, v := range []int64{p.Min, p.Max, p.Sum} {
		h = (h ^ uint64(v)) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	return h
}
