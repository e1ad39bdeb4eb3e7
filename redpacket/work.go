package redpacket

import (
	"errors"
	"fmt"
	"iter"
	"math"
)

// ErrUnsuited is what the error of New is if there are splits, but the method that was asked for
// is none for these Params: errors.Is(err, ErrUnsuited).
var ErrUnsuited = errors.New("the method is not for this")

// mostWork is how many random words a split may be expected to take, or how many steps, with a
// method whose cost depends on more than the number of parts: some tenths of a second. It is an
// expectation, and every try is like the first: to wait for 30 times as long has a probability
// of 10^-13.
const mostWork = 1 << 26

// affordable returns nil if so much work is within reason. What is no number is not.
func affordable(words float64) error {
	if words <= mostWork {
		return nil
	}
	if math.IsInf(words, 1) || math.IsNaN(words) {
		return unsuited("it would not come to an end")
	}
	return unsuited("it would take about %.2g random words, and more than %.2g are too many", words, float64(mostWork))
}

func unsuited(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUnsuited, fmt.Sprintf(format, args...))
}

// notTooMany returns nil if there are at most so many parts.
func notTooMany(p Params, most uint64) error {
	if uint64(p.N) > most {
		return unsuited("%d parts are too many: at most %d", p.N, most)
	}
	return nil
}

// blocks yields room for n parts, mostBlock at a time, and hands over what was put there.
func blocks(n uint64, next func(n int) []int64, done func([]int64) bool) iter.Seq[[]int64] {
	return func(yield func([]int64) bool) {
		for n > 0 {
			dst := next(int(min(n, mostBlock)))
			if n -= uint64(len(dst)); !yield(dst) || !done(dst) {
				return
			}
		}
	}
}

// room is what the next part may be, less the smallest one, if t is left for it and others: so
// much that the others need not be more than w each, and so little that they need not be less
// than 0.
func room(others, w uint64, t u128) (low, high uint64) {
	if most := product(others, w); most.less(t) {
		low = t.minus(most).lo
	}
	if high = w; t.less(u128{0, w}) {
		high = t.lo
	}
	return low, high
}

// alike is the drawer of Params that have one split: all parts are the same.
type alike struct {
	n uint64
	v int64
}

// asAlike returns the only split, if Min or Max is what everybody must get.
func asAlike(p Params) (a alike, ok bool) {
	switch t := p.excess(); t {
	case u128{}:
		return alike{uint64(p.N), p.Min}, true
	case product(uint64(p.N), p.width()):
		return alike{uint64(p.N), p.Max}, true
	}
	return alike{}, false
}

func (a alike) run(_ *words, next func(n int) []int64, done func([]int64) bool) {
	for dst := range blocks(a.n, next, done) {
		for i := range dst {
			dst[i] = a.v
		}
	}
}
