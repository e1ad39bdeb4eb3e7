package law

import (
	"fmt"
	"math"
	"math/big"

	"lab.example/gopark/redpacket"
)

// Place is what one position gets.
type Place struct {
	Mean      float64
	Deviation float64 // the standard deviation
	Most      float64 // the probability of getting Max (of Walk's last part: or more)
}

// mostWork is how many numbers Places and Biggest add up at most.
const mostWork = 1 << 30

// Places returns what each position gets, in the order in which the parts are given away. That
// takes N * (Sum - N*Min) steps. The errors are those of Of, but that the limit is a billion
// steps.
func Places(m redpacket.Method, p redpacket.Params) ([]Place, error) {
	if err := small(p); err != nil {
		return nil, err
	}
	if Exact(m) {
		return alike(p), nil
	}
	r, err := ruleOf(m, p)
	if err != nil {
		return nil, err
	}
	if work := float64(p.N) * float64(r.all+p.Max-p.Min); work > mostWork {
		return nil, fmt.Errorf("follow %d parts: that takes %.2g steps", p.N, work)
	}
	places := make([]Place, p.N)
	at := r.begin(p)
	for i := range places {
		var sum, squares float64
		next := newLine(len(at.mass), at.least)
		for left, probability := range at.each() {
			low, high := r.next(p.N-1-i, left)
			size := float64(high - low + 1)
			if size < 1 {
				continue // nothing that can happen
			}
			sum += probability * float64(low+high) / 2
			squares += probability * (float64(low*low+low*high+high*high)*2 + float64(high-low)) / 6
			if high >= p.Max-p.Min {
				places[i].Most += probability / size
			}
			next.spread(left-high, left-low, probability/size)
		}
		next.settle()
		places[i].Mean = float64(p.Min) + sum
		places[i].Deviation = math.Sqrt(max(0, squares-sum*sum))
		at = next
	}
	return places, nil
}

// alike returns what each position gets if all splits are equally likely.
func alike(p redpacket.Params) []Place {
	var one Place
	for v := p.Min; v <= p.Max && p.N > 0; v++ {
		share, _ := p.Marginal(v).Float64()
		one.Mean += share * float64(v)
		one.Deviation += share * float64(v) * float64(v)
		one.Most = share
	}
	one.Deviation = math.Sqrt(max(0, one.Deviation-one.Mean*one.Mean))
	places := make([]Place, p.N)
	for i := range places {
		places[i] = one
	}
	return places
}

// Biggest returns for each position the probability that nobody gets more than it. They add up
// to more than 1, since several may have the same. If all splits are equally likely, all
// positions have the same probability. The errors are those of Places.
func Biggest(m redpacket.Method, p redpacket.Params) ([]float64, error) {
	if err := small(p); err != nil {
		return nil, err
	}
	biggest := make([]float64, p.N)
	if Exact(m) {
		all := p.Count()
		for most := p.Min; most <= p.Max && p.N > 0; most++ {
			rest := redpacket.Params{N: p.N - 1, Min: p.Min, Max: most, Sum: p.Sum - most}
			share, _ := new(big.Rat).SetFrac(rest.Count(), all).Float64()
			for i := range biggest {
				biggest[i] += share
			}
		}
		return biggest, nil
	}
	r, err := ruleOf(m, p)
	if err != nil {
		return nil, err
	}
	w := p.Max - p.Min
	if work := float64(p.N) * float64(r.all+w) * float64(min(w, r.all)); work > mostWork {
		return nil, fmt.Errorf("follow %d parts: that takes %.2g steps", p.N, work)
	}
	for most := int64(0); most <= max(w, r.all); most++ {
		if int64(p.N)*most < r.all {
			continue // somebody gets more
		}
		if most > 2*w {
			break // nobody gets that, not even the last one of Walk
		}
		r.addBiggest(biggest, p, most)
	}
	return biggest, nil
}

// addBiggest adds the probability that a position has most, and nobody more.
func (r rule) addBiggest(biggest []float64, p redpacket.Params, most int64) {
	// The probability that nobody gets more than most: of the parts before, by what is left ...
	before := []line{r.begin(p)}
	for i := range p.N - 1 {
		at := before[i]
		next := newLine(len(at.mass), at.least)
		for left, probability := range at.each() {
			low, high := r.next(p.N-1-i, left)
			if low <= most {
				next.spread(left-min(high, most), left-low, probability/float64(high-low+1))
			}
		}
		next.settle()
		before = append(before, next)
	}
	// ... and of the parts behind.
	behind := newLine(len(before[0].mass), before[0].least)
	behind.mass[-behind.least] = 1 // nothing is left
	for i := p.N - 1; i >= 0; i-- {
		sums := behind.sums()
		now := newLine(len(behind.mass), behind.least)
		for left, probability := range before[i].each() {
			low, high := r.next(p.N-1-i, left)
			size := float64(high - low + 1)
			if low <= most && most <= high {
				biggest[i] += probability / size * behind.at(left-most)
			}
			if low <= most {
				now.mass[left-now.least] = sums.between(left-min(high, most), left-low) / size
			}
		}
		behind = now
	}
}
