package law

import (
	"fmt"

	"lab.example/gopark/redpacket"
)

// A rule says how a method goes on: after each part, the next one is any of low..high, all
// equally likely. Parts are counted from Min on: 0..w.
type rule struct {
	all  int64 // what is left before the first part
	next func(others int, left int64) (low, high int64)
}

// ruleOf returns the rule of a method. p is small.
func ruleOf(m redpacket.Method, p redpacket.Params) (rule, error) {
	n, w := int64(p.N), p.Max-p.Min
	t := p.Sum - n*p.Min
	room := func(others int, left int64) (low, high int64) {
		return max(0, left-int64(others)*w), min(w, left)
	}
	switch m {
	case redpacket.Walk:
		return walked(p), nil
	case redpacket.Leash:
		return rule{t, func(others int, left int64) (low, high int64) {
			// n*sum - i*t is in t-n*w..t after the i-th part.
			if others == 0 {
				return left, left
			}
			before := n*(t-left) - (n-int64(others))*t
			return max(0, ceil(t-n*w-before, n)), min(w, floor(t-before, n))
		}}, nil
	case redpacket.Window:
		return rule{t, room}, nil
	case redpacket.DoubleAverage:
		return rule{t, func(others int, left int64) (low, high int64) {
			low, high = room(others, left)
			return low, min(high, 2*left/int64(others+1))
		}}, nil
	case redpacket.Symmetric:
		return rule{t, func(others int, left int64) (low, high int64) {
			low, high = room(others, left)
			twice := 2 * left / int64(others+1)
			return max(low, twice-w), min(high, twice)
		}}, nil
	}
	return rule{}, fmt.Errorf("follow %v: it is not drawn part by part", m)
}

// walked is the rule of the threshold walk: a draw that strains the leash is made again, so that
// all that do not are equally likely.
func walked(p redpacket.Params) rule {
	if p.N == 0 {
		return rule{}
	}
	w := p.Max - p.Min
	mean := p.Sum/int64(p.N) - p.Min // of parts counted from Min on
	all := int64(p.N) * mean
	return rule{all, func(others int, left int64) (low, high int64) {
		if others == 0 {
			return left, left
		}
		// The sum is ahead of the line of the part before by so much, and may be so after this
		// part by -mean..w-mean.
		ahead := all - left - int64(p.N-1-others)*mean
		return max(0, -ahead), min(w, w-ahead)
	}}
}

func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func ceil(a, b int64) int64 { return -floor(-a, b) }
