package redpacket

import (
	"fmt"
	"math"
	"math/bits"
	"sync/atomic"
)

// uniformly splits so that every split is equally likely.
//
// Parts are drawn in blocks. If n parts are still to be drawn and t is left, a block of some of
// them is drawn from a tilt whose mean is t/n, independently, and accepted with a probability
// that is proportional to the number of ways in which the other parts can take what is left
// then, tilted likewise: see spread. A block that was not accepted is drawn anew. So a block
// that was is a block of a uniform split, and what is left is a smaller problem of the same kind
// (Arratia and DeSalvo call this probabilistic divide-and-conquer). A block of L out of n takes
// about sqrt(n/(n-L)) tries: with blocks of some sqrt(n) parts hardly anything is thrown away.
//
// The tilts are taken from a grid, so that most have been made before: a mean that is
// off by a quarter of the standard deviation of what is left costs three in a hundred tries. Of many
// parts the grid stays for an octave of their number, so that one law serves many blocks, and a
// mean may be off by up to .35 of it.
type uniformly struct {
	n      uint64
	base   int64
	w      uint64
	t      u128
	flip   bool    // t is nearer to n*w than to 0: the stages are made for n*w-t
	mean   float64 // of what they are made for
	step   float64 // of the grid, times the square root of the number of parts
	flat   float64 // how far off the centre the uniform law is used, likewise
	levels []level // of the last blocks
	tail   *counts

	// For tests: coins are in doubt by so much more, and so much is left to the escape.
	doubt, spare float64
}

const (
	mostBlock = 8192
	keep      = 4096 // parts: of more the stages are made anew
	sides     = 6    // steps of the grid, to either side of the mean
)

// level is what comes when n parts are to be drawn, size of them next.
type level struct {
	n, size uint64
	at      [2*sides + 1]atomic.Pointer[stage] // as they are needed
}

// stage is all that is needed to draw a block.
type stage struct {
	law   *law
	rest  *spread // made by prepare
	k     uint64  // parts that are left after it
	most  u128    // what they can take
	doubt float64
}

// prepare makes what decides about a block. To draw it, only the law is needed.
func (s *stage) prepare() {
	if s.rest == nil {
		s.rest = newSpread(s.law.tilt, s.k)
		s.rest.doubt = s.doubt
	}
}

// remaining is what is still to be drawn: n parts which have t in all.
type remaining struct {
	n     uint64
	t     u128
	level int // how many of the levels are behind
	last  lastLaw
}

// lastLaw is a law that was made for a mean. Of many parts, that of a block is mostly that of
// the one before.
type lastLaw struct {
	mean, root float64
	flip       bool
	group      uint64
	law        *law
}

func newUniform(p Params) (drawer, error) {
	if uint64(p.N) > mostParts {
		return nil, fmt.Errorf("%d parts are too many: at most %d", p.N, uint64(mostParts))
	}
	return newUniformly(p), nil
}

func newUniformly(p Params) *uniformly {
	n, w := uint64(p.N), p.width()
	t := p.excess()
	u := &uniformly{n: n, base: p.Min, w: w, t: t, spare: leastSpare}
	if n == 0 {
		return u
	}
	if rest := product(n, w).minus(t); rest.less(t) {
		u.flip, t = true, rest
	}
	u.mean = t.float() / float64(n)
	if u.mean > 0 {
		_, variance := moments(w, rateFor(w, u.mean))
		u.step = math.Sqrt(variance) / 2
	}
	_, variance := moments(w, 0)
	u.flat = by(1.5, math.Sqrt(variance))
	u.tail = newCounts(w)
	u.setLevels()
	return u
}

// setLevels prepares the levels. If there is only one split, there are none.
func (u *uniformly) setLevels() {
	if u.t == (u128{}) || u.t == product(u.n, u.w) {
		return
	}
	n := u.n
	if most := longBlocks(groupOf(u.w)); n > most { // these blocks are as long as can be
		n -= u.block(n) * ((n-most-1)/u.block(n) + 1)
	}
	for n > keep {
		n -= u.block(n)
	}
	u.levels = make([]level, 0, usualLevels)
	for n > u.tail.parts {
		size := u.block(n)
		u.levels = append(u.levels, level{n: n, size: size})
		n -= size
	}
}

const usualLevels = 12

// block returns how many of n parts are drawn next.
func (u *uniformly) block(n uint64) uint64 {
	group := groupOf(u.w)
	last := u.tail.parts
	size := uint64(math.Sqrt(by(blockCost*2*float64(group), float64(n))))
	size = min(size, mostBlock, n-last)
	switch {
	case n <= 8:
	case group == 1:
		size = min(size, n-n/4)
	default:
		size = min(size, n-n*2/5)
	}
	return (size + group - 1) / group * group // there is room for that in the tail
}

const blockCost = 48 // of the decision about a block, in parts

// longBlocks returns a number of parts above which all blocks have mostBlock parts, or as many more
// as a symbol takes.
func longBlocks(group uint64) uint64 { return mostBlock*mostBlock/(2*blockCost*group) + 2*mostBlock }

// next returns how many parts are drawn next; 0 if there are no more.
func (u *uniformly) next(r *remaining) int {
	switch {
	case r.n <= u.tail.parts:
		return int(r.n)
	case r.t == (u128{}) || r.t == product(r.n, u.w):
		return int(min(r.n, mostBlock))
	case r.n <= keep:
		return int(u.levels[r.level].size)
	}
	return int(u.block(r.n))
}

// draw draws the next parts, as many as next has said.
func (u *uniformly) draw(r *remaining, dst []int64, from *words) {
	size := uint64(len(dst))
	switch {
	case r.t == (u128{}):
		fill(dst, u.base)
	case r.t == product(r.n, u.w):
		fill(dst, u.base+int64(u.w))
		r.t = r.t.minus(product(size, u.w))
	case r.n <= u.tail.parts:
		u.tail.last(dst, u.base, r.t, u.w, from)
	case r.n <= keep:
		r.t = u.stage(r, size).draw(dst, u.base, r.t, from)
		r.level++
	default:
		s := u.stage(r, size)
		if from.crew != nil {
			from.crew.meanwhile, from.crew.certain = s.prepare, u.certainly(r)
		}
		r.t = s.draw(dst, u.base, r.t, from)
	}
	r.n -= size
}

// certainly returns how many words will be drawn for what remains, at least: as long as not all of
// the parts must be the smallest, or the largest, a word is made at most 64 of them.
func (u *uniformly) certainly(r *remaining) int {
	rest := product(r.n, u.w).minus(r.t)
	parts := min(float64(r.n), r.t.float()/float64(u.w), rest.float()/float64(u.w))
	return max(0, int(parts)-2*mostBlock) / 64
}

func fill(dst []int64, v int64) {
	for i := range dst {
		dst[i] = v
	}
}

func (u *uniformly) run(from *words, next func(n int) []int64, done func([]int64) bool) {
	for r := (remaining{n: u.n, t: u.t}); r.n > 0; {
		dst := next(u.next(&r))
		u.draw(&r, dst, from)
		if !done(dst) {
			return
		}
	}
}

// all draws all parts.
func (u *uniformly) all(dst []int64, from *words) {
	if from.crew = newCrew(u.n); from.crew != nil {
		defer from.crew.leave()
	}
	for r := (remaining{n: u.n, t: u.t}); r.n > 0; {
		size := u.next(&r)
		u.draw(&r, dst[:size], from)
		dst = dst[size:]
	}
}

// draw draws a block, and returns what is left of t.
func (s *stage) draw(dst []int64, base int64, t u128, from *words) u128 {
	for {
		sum := s.law.fill(dst, base, from)
		s.prepare()
		if t.less(sum) {
			continue
		}
		left := t.minus(sum)
		if s.most.less(left) {
			continue
		}
		j := left
		if s.law.flip {
			j = s.most.minus(left)
		}
		if s.rest.accepts(j, from) {
			return left
		}
	}
}

// stage returns the stage for a block of size out of what remains.
func (u *uniformly) stage(r *remaining, size uint64) *stage {
	n, t, rest := r.n, r.t, product(r.n, u.w).minus(r.t)
	if u.flip {
		t, rest = rest, t
	}
	root := math.Sqrt(float64(n))
	if n > keep {
		root = math.Sqrt(float64(uint64(1) << (bits.Len64(n) - 1))) // so that a step is a step for a while
	}
	line := by(u.mean, float64(n))
	step := math.Floor((t.float()-line)/by(u.step, root) + 0.5)
	mean := (line + by(step, by(u.step, root))) / float64(n)
	if n > keep {
		mean = u.mean + by(step, u.step/root)
	}
	w, parts := float64(u.w), float64(n)
	exact := math.Abs(step) > sides || mean < t.float()/parts/2 || w-mean < rest.float()/parts/2
	switch {
	case exact: // the grid has no good place for it
		return u.exactStage(n, size, t, rest)
	case n > keep:
		if m := (lastLaw{mean: mean, root: root, flip: u.flip, group: u.groupFor(size), law: r.last.law}); r.last == m {
			return &stage{law: m.law, k: n - size, most: product(n-size, u.w), doubt: u.doubt}
		}
		s := u.newStage(n, size, mean, root, u.flip)
		r.last = lastLaw{mean, root, u.flip, u.groupFor(size), s.law}
		return s
	}
	at := &u.levels[r.level].at[int(step)+sides]
	s := at.Load()
	if s == nil {
		s = u.newStage(n, size, mean, root, u.flip)
		s.prepare()
		at.Store(s)
	}
	return s
}

// exactStage returns the stage whose mean is t/n, where t is turned round like u, and rest is what
// is missing to n*w.
func (u *uniformly) exactStage(n, size uint64, t, rest u128) *stage {
	root := math.Sqrt(float64(n))
	if rest.less(t) {
		return u.newStage(n, size, rest.float()/float64(n), root, !u.flip)
	}
	return u.newStage(n, size, t.float()/float64(n), root, u.flip)
}

// newStage returns the stage with a mean; if flip is set, of values that are turned round. If the
// mean is so near to the middle that the sum of root*root parts hardly tells, the law is that
// in which all values are equally likely.
func (u *uniformly) newStage(n, size uint64, mean, root float64, flip bool) *stage {
	w := float64(u.w)
	if mean > w/2 { // by little: a mean near w would not be exact when it is turned round
		mean, flip = w-mean, !flip
	}
	t := tilt{w: u.w}
	if w/2-mean >= u.flat/root {
		t.flip, t.rate = flip, rateFor(u.w, mean)
	}
	return &stage{law: newLaw(t, u.groupFor(size), u.spare), k: n - size, most: product(n-size, u.w), doubt: u.doubt}
}

// groupFor returns how many parts of a block of that size are drawn as one symbol.
func (u *uniformly) groupFor(size uint64) uint64 {
	if group := groupOf(u.w); size%group == 0 {
		return group
	}
	return 1
}
