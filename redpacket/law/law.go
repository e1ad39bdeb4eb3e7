// Package law answers: how probable is each result of a way of splitting, exactly?
//
// What a method of package redpacket does is computed here, not tried: Each lists the results
// with their probabilities, Of compares them with the law in which all splits are equally
// likely, Places follows what each position gets through cases that are too large to list. Read
// rule.go (what each method may draw next, written down once more, independently of the library),
// law.go, exchange.go, places.go, walk.go.
package law

import (
	"fmt"
	"iter"
	"math"
	"slices"

	"lab.example/gopark/redpacket"
)

// mostSplits is how many splits Each and Of go up to.
const mostSplits = 1 << 20

// Law is how a method is distributed over the splits.
type Law struct {
	Splits  int // that there are
	Reached int // that can come out

	// Invalid is the probability that what comes out is none of them.
	Invalid float64

	// Distance is the total variation distance from the law in which all splits are equally
	// likely, between 0 and 1: the largest difference that there is between the two in the
	// probability of anything that one could bet on.
	Distance float64

	// Likeliest and Rarest are how many times as likely as it should be a split is, at most and at
	// least.
	Likeliest, Rarest float64
}

// Of returns the law of a method. The error is p.Validate's, or says that there are too many
// splits or walks (about a million is the limit), or that the method's law is not known.
func Of(m redpacket.Method, p redpacket.Params) (Law, error) {
	results, err := Each(m, p)
	if err != nil {
		return Law{}, err
	}
	l := Law{Splits: int(p.Count().Int64()), Rarest: math.Inf(1)}
	fair := 1 / float64(l.Splits)
	for parts, probability := range results {
		if !Valid(parts, p) {
			l.Invalid += probability
			continue
		}
		if probability > 0 {
			l.Reached++
		}
		l.Distance += max(0, fair-probability)
		l.Likeliest = max(l.Likeliest, probability/fair)
		l.Rarest = min(l.Rarest, probability/fair)
	}
	if l.Reached < l.Splits {
		l.Rarest = 0
	}
	l.Distance += fair * float64(l.Splits-l.Reached)
	return l, nil
}

// Valid reports whether parts is a split of p, whose length it has.
func Valid(parts []int64, p redpacket.Params) bool {
	var sum int64
	for _, v := range parts {
		if v < p.Min || v > p.Max {
			return false
		}
		sum += v
	}
	return sum == p.Sum
}

// Each yields every result of a method that can come out, once, with its probability: splits,
// and of Walk what is no split too. The slice is the same each time. The errors are those of Of.
func Each(m redpacket.Method, p redpacket.Params) (iter.Seq2[[]int64, float64], error) {
	if err := limited(p); err != nil {
		return nil, err
	}
	if m == redpacket.Exchange {
		return exchanged(p), nil
	}
	if Exact(m) {
		fair := 1 / float64(p.Count().Int64())
		return func(yield func([]int64, float64) bool) {
			for parts := range p.Every() {
				if !yield(parts, fair) {
					return
				}
			}
		}, nil
	}
	r, err := ruleOf(m, p)
	if err != nil {
		return nil, err
	}
	if all := math.Pow(float64(p.Max-p.Min+1), float64(p.N-1)); m == redpacket.Walk && all > mostSplits {
		return nil, fmt.Errorf("follow all walks: there may be %.2g, more than %d", all, mostSplits)
	}
	return func(yield func([]int64, float64) bool) {
		parts := make([]int64, p.N)
		var follow func(i int, left int64, probability float64) bool
		follow = func(i int, left int64, probability float64) bool {
			if i == p.N {
				return yield(parts, probability)
			}
			low, high := r.next(p.N-1-i, left)
			for v := low; v <= high; v++ {
				parts[i] = p.Min + v
				if !follow(i+1, left-v, probability/float64(high-low+1)) {
					return false
				}
			}
			return true
		}
		follow(0, r.all, 1)
	}, nil
}

// Exact reports whether a method makes all splits equally likely (Dynamic does but for rounding).
func Exact(m redpacket.Method) bool {
	return slices.Contains([]redpacket.Method{
		redpacket.Uniform, redpacket.Retry, redpacket.Bars, redpacket.Enumerate,
		redpacket.Dynamic, redpacket.Tilted, redpacket.Divide,
	}, m)
}

func limited(p redpacket.Params) error {
	if err := small(p); err != nil {
		return err
	}
	if count := p.Count(); !count.IsInt64() || count.Int64() > mostSplits {
		return fmt.Errorf("follow all splits: there are %d, more than %d", count, mostSplits)
	}
	return nil
}

// small returns nil if p is valid and int64 is enough for all that is computed here.
func small(p redpacket.Params) error {
	if err := p.Validate(); err != nil {
		return err
	}
	const most = 1 << 24
	if p.N > 1<<16 || p.Min < -most || p.Max > most {
		return fmt.Errorf("follow %d parts of %d..%d: at most %d of -2^24..2^24", p.N, p.Min, p.Max, 1<<16)
	}
	return nil
}
