package redpacket

import "iter"

// Every yields every split of p, in lexicographic order, the one whose place Rank returns as 0
// first. There are p.Count() of them, and of Params that are not valid none. The slice is the
// same each time: who wants to keep it clones it.
func (p Params) Every() iter.Seq[[]int64] {
	return func(yield func([]int64) bool) {
		if p.Validate() != nil {
			return
		}
		parts := make([]int64, p.N)
		smallest(parts, p, p.excess())
		for yield(parts) && following(parts, p) {
		}
	}
}

// smallest fills parts with the first split of t: as much as possible goes to the last ones.
func smallest(parts []int64, p Params, t u128) {
	for i := range parts {
		low, _ := room(uint64(len(parts)-1-i), p.width(), t)
		parts[i] = p.Min + int64(low)
		t = t.minus(u128{0, low})
	}
}

// following replaces a split by the next one: the last part that can be larger is so by one, and
// those behind it are the smallest with what is left.
func following(parts []int64, p Params) bool {
	var t u128 // of the parts behind i
	for i := len(parts) - 1; i >= 0; i-- {
		if t != (u128{}) && parts[i] < p.Max {
			parts[i]++
			smallest(parts[i+1:], p, t.minus(u128{0, 1}))
			return true
		}
		t = t.plus(u128{0, uint64(parts[i]) - uint64(p.Min)})
	}
	return false
}

// enumerate has a list of all splits and picks one.
type enumerate struct {
	n   int
	all []int64 // one split after the other
	of  uint64  // splits
}

// mostListed is how many numbers the list may have: 32 MB of them.
const mostListed = 1 << 22

func newEnumerate(p Params) (drawer, error) {
	e := &enumerate{n: p.N}
	if err := notTooMany(p, mostListed); err != nil {
		return nil, err
	}
	for range p.Every() {
		if e.of++; e.of*uint64(p.N) > mostListed {
			return nil, unsuited("there are too many splits to list: %d have more than %d numbers already", e.of, mostListed)
		}
	}
	e.all = make([]int64, 0, e.of*uint64(p.N))
	for parts := range p.Every() {
		e.all = append(e.all, parts...)
	}
	return e, nil
}

func (e *enumerate) run(from *words, next func(n int) []int64, done func([]int64) bool) {
	at := uniform(e.of-1, from)
	dst := next(e.n)
	copy(dst, e.all[at*uint64(e.n):])
	done(dst)
}
