package redpacket

import (
	"fmt"
	"math/big"
)

// Rank returns the place of a split among all of them in lexicographic order, from 0 on. The
// error says why parts is no split of s.Params.
//
// What it costs depends on s.Params alone. Let m be Max-Min+1, or less if nobody can get Max, and
// T what is left of Sum when all parts have Min, or is missing if all have Max, whichever is less.
// Rank and Unrank take some T + 2*N*m steps, each with a few products of a number of up to
// N*log2(m) bits and a small one, and have m+4 such numbers in memory, if these fit into 64 MB.
// Where that is not so, or the steps are too many, a few numbers are in memory, and each part
// takes up to N/2 products of N factors, and with Unrank five times as many or more.
//
// So a packet of 50 parts takes 0.2 milliseconds, 1000 parts of 1..80 some tenths of a
// second, 50 parts of any range less than one. 1000 parts of 1..10000 take a minute, of 1..10^9 two
// and several times that with Unrank; and a million parts, unless T or m is small, more time than
// anybody has.
func (s *Splitter) Rank(parts []int64) (*big.Int, error) {
	if err := s.params.check(parts); err != nil {
		return nil, fmt.Errorf("rank: %w", err)
	}
	return s.params.lexicon().rank(parts), nil
}

// Unrank returns the split at a place, the inverse of Rank. The error is that there is none.
// What it costs is said there.
func (s *Splitter) Unrank(rank *big.Int) ([]int64, error) {
	l := s.params.lexicon()
	if rank.Sign() < 0 || rank.Cmp(l.all) >= 0 {
		last := new(big.Int).Sub(l.all, big.NewInt(1))
		return nil, fmt.Errorf("unrank: there is no split %d: they are numbered from 0 to %d", rank, last)
	}
	return l.unrank(rank), nil
}

// check returns nil if parts is a split of p, else why not.
func (p Params) check(parts []int64) error {
	if len(parts) != p.N {
		return fmt.Errorf("%d parts, not %d", len(parts), p.N)
	}
	sum, part := new(big.Int), new(big.Int)
	for i, v := range parts {
		if v < p.Min || v > p.Max {
			return fmt.Errorf("part %d is %d, not within %d..%d", i, v, p.Min, p.Max)
		}
		sum.Add(sum, part.SetInt64(v))
	}
	if sum.Cmp(part.SetInt64(p.Sum)) != 0 {
		return fmt.Errorf("the sum is %d, not %d", sum, p.Sum)
	}
	return nil
}

// lexicon is the list of all splits, open where the parts that were chosen lead. Its parts are
// numbers of 0..w. If the sum is nearer to the largest one than to 0, they are turned round, and
// the list is read from its end: then there is less to count.
type lexicon struct {
	base   int64
	w      uint64
	turned bool
	n      uint64
	rest   u128 // the sum of the parts that are not chosen
	all    *big.Int
	counter
}

// counter counts the splits behind a choice.
type counter interface {
	// next begins a choice.
	next()
	// below returns how many splits there are with a choice less than y. It is valid until the
	// next call.
	below(y uint64) *big.Int
	// search returns the largest choice that has at most rank splits below it, and takes these off
	// rank, which is less than all that there are.
	search(rank *big.Int) uint64
	// take ends a choice: what is left for the others is less by y.
	take(y uint64)
}

// lexicon returns a lexicon at its first page, with the counter that is quicker.
func (p Params) lexicon() *lexicon {
	l := p.closedLexicon()
	if w := l.most(); rowIsBetter(l.n, w, l.rest) {
		l.countByRow(w)
	} else {
		l.countByExcluding(w)
	}
	return l
}

// closedLexicon returns one that has no counter yet.
func (p Params) closedLexicon() *lexicon {
	l := &lexicon{base: p.Min, w: p.width(), n: uint64(p.N), rest: p.excess()}
	if rest := product(l.n, l.w).minus(l.rest); rest.less(l.rest) {
		l.rest, l.turned = rest, true
	}
	return l
}

// most returns what a part can be.
func (l *lexicon) most() uint64 {
	if l.rest.less(u128{0, l.w}) {
		return l.rest.lo
	}
	return l.w
}

func (l *lexicon) countByRow(w uint64) {
	r := newRow(l.n, w, l.rest.lo)
	l.all, l.counter = new(big.Int).Set(r.at(0)), r
}

func (l *lexicon) countByExcluding(w uint64) {
	t := l.rest.big()
	l.all, l.counter = splits(l.n, w, t), &excluder{others: l.n, w: w, rest: t}
}

func (l *lexicon) rank(parts []int64) *big.Int {
	rank := new(big.Int)
	for _, v := range parts {
		if l.rest == (u128{}) {
			break // all others are 0, and that is the first split of them
		}
		y := l.turn(uint64(v) - uint64(l.base))
		l.next()
		rank.Add(rank, l.below(y))
		l.choose(y)
	}
	return l.place(rank)
}

func (l *lexicon) unrank(rank *big.Int) []int64 {
	rank = l.place(new(big.Int).Set(rank))
	parts := make([]int64, l.n)
	for i := range parts {
		y := uint64(0)
		if l.rest != (u128{}) {
			l.next()
			y = l.search(rank)
			l.choose(y)
		}
		parts[i] = int64(uint64(l.base) + l.turn(y))
	}
	return parts
}

func (l *lexicon) choose(y uint64) {
	l.take(y)
	l.rest = l.rest.minus(u128{0, y})
}

// turn turns a part round, if it must be. It is its own inverse.
func (l *lexicon) turn(y uint64) uint64 {
	if l.turned {
		return l.w - y
	}
	return y
}

// place turns a place round, if it must be. It is its own inverse.
func (l *lexicon) place(rank *big.Int) *big.Int {
	if l.turned {
		rank.Sub(l.all, rank)
		rank.Sub(rank, big.NewInt(1))
	}
	return rank
}
