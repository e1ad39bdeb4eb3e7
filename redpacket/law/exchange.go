package law

import (
	"fmt"
	"iter"
	"math/bits"

	"lab.example/gopark/redpacket"
)

// exchanged follows the probabilities of all splits through the steps of Exchange.
func exchanged(p redpacket.Params) iter.Seq2[[]int64, float64] {
	return func(yield func([]int64, float64) bool) {
		var all [][]int64
		place := make(map[string]int)
		for parts := range p.Every() {
			place[fmt.Sprint(parts)] = len(all)
			all = append(all, append([]int64(nil), parts...))
		}
		n := int64(p.N)
		begin := make([]int64, n)
		for i := range begin {
			begin[i] = p.Min + (p.Sum-n*p.Min)/n
			if int64(i) < (p.Sum-n*p.Min)%n {
				begin[i]++
			}
		}
		at := make([]float64, len(all))
		at[place[fmt.Sprint(begin)]] = 1
		if n > 1 {
			groups := sharing(p, all, place)
			for range p.N * bits.Len(uint(p.N)) {
				at = mixed(at, groups, float64(n*(n-1)/2))
			}
		}
		for i, parts := range all {
			if !yield(parts, at[i]) {
				return
			}
		}
	}
}

// sharing returns the groups of splits, by their places, that one step leads from each to each:
// for every two positions those that differ there alone.
func sharing(p redpacket.Params, all [][]int64, place map[string]int) (groups [][]int) {
	for i := range p.N {
		for j := range i {
			for _, parts := range all {
				// The first one of a group has as little as it can at j.
				sum := parts[i] + parts[j]
				if parts[j] != max(p.Min, sum-p.Max) {
					continue
				}
				var group []int
				other := append([]int64(nil), parts...)
				for ; other[j] <= p.Max && other[i] >= p.Min; other[j], other[i] = other[j]+1, other[i]-1 {
					group = append(group, place[fmt.Sprint(other)])
				}
				groups = append(groups, group)
			}
		}
	}
	return groups
}

// mixed is one step: two positions out of all pairs divide anew.
func mixed(at []float64, groups [][]int, pairs float64) []float64 {
	next := make([]float64, len(at))
	for _, group := range groups {
		total := 0.0
		for _, i := range group {
			total += at[i]
		}
		for _, i := range group {
			next[i] += total / float64(len(group)) / pairs
		}
	}
	return next
}
