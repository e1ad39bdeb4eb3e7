package redpacket

import (
	crand "crypto/rand"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
)

// StreamVersion says which words of a source mean which split. For a version, Params, Method and
// words the parts are the same on every machine; if that ever has to change, so does this number.
const StreamVersion = 2

// mostParts is how many parts Uniform goes up to. At some nanoseconds a part that is more than a
// week, and the error bounds of the first look at a coin are as wide as the coin there.
const mostParts = 1 << 48

// Splitter splits one sum again and again. It keeps what it has prepared, about a megabyte at
// the most however many parts there are. It may be used by several goroutines at once, each with
// a source of its own.
type Splitter struct {
	params Params
	method Method
	drawer drawer
}

// drawer draws all parts of a split. It asks next for room for some of them, at most mostBlock
// if it can do with that, fills it and hands it to done, until there are no more or done
// reports false.
type drawer interface {
	run(from *words, next func(n int) []int64, done func([]int64) bool)
}

// Option changes what New returns.
type Option func(*settings)

type settings struct{ method Method }

// WithMethod chooses another method than Uniform.
func WithMethod(m Method) Option { return func(s *settings) { s.method = m } }

// New returns a Splitter for p, which does not change. The error is p.Validate's, or says what a
// method needs that p has not.
func New(p Params, opts ...Option) (*Splitter, error) {
	var s settings
	for _, o := range opts {
		o(&s)
	}
	if err := p.Validate(); err != nil {
		return nil, err
	}
	made, ok := methods[s.method]
	if !ok {
		return nil, fmt.Errorf("split: there is no method %d", s.method)
	}
	d, err := made.make(p)
	if err != nil {
		return nil, fmt.Errorf("split with %v: %w", s.method, err)
	}
	return &Splitter{params: p, method: s.method, drawer: d}, nil
}

// Params returns what is split.
func (s *Splitter) Params() Params { return s.params }

// Method returns how.
func (s *Splitter) Method() Method { return s.method }

// Append appends the parts of one split to dst, N of them, in the order in which they are given
// away. If src is nil, the words come from a generator with a seed that nobody knows. A source is
// asked for as many words as are used, so that the next split goes on where this one ended.
//
// Like append it asks for the memory that it needs, 8 bytes a part; All needs none. Of a million
// parts or more, Uniform draws with up to four processors (GOMAXPROCS); only the goroutine that
// calls Append calls src, and the split is the same as with one.
func (s *Splitter) Append(dst []int64, src rand.Source) []int64 {
	n := len(dst)
	dst = slices.Grow(dst, s.params.N)
	u, ok := s.drawer.(*uniformly)
	if !ok {
		return s.appendBlocks(dst, newWords(orSecret(src)))
	}
	dst = dst[:n+s.params.N]
	u.all(dst[n:], newWords(orSecret(src)))
	return dst
}

// appendBlocks is Append for any method. It is apart since its functions, and what they share,
// are allocated.
func (s *Splitter) appendBlocks(dst []int64, from *words) []int64 {
	n := len(dst)
	next := func(size int) []int64 {
		n += size
		dst = dst[:n]
		return dst[n-size:]
	}
	s.drawer.run(from, next, func([]int64) bool { return true })
	return dst
}

// All returns the parts of one split, the same ones that Append appends, one after the other. Of
// Uniform's, at most 8192 are in memory at any time. Each use of the sequence is another
// split, with the words that src has then.
func (s *Splitter) All(src rand.Source) iter.Seq[int64] {
	return func(yield func(int64) bool) {
		var room []int64
		next := func(size int) []int64 {
			room = slices.Grow(room[:0], size)[:size]
			return room
		}
		s.drawer.run(newWords(orSecret(src)), next, func(parts []int64) bool {
			for _, v := range parts {
				if !yield(v) {
					return false
				}
			}
			return true
		})
	}
}

// mostAtOnce is how many parts Split returns: 8 GB of them. A program that asks for more memory
// than there is ends, and nothing can recover it.
const mostAtOnce = 1 << 30

// Split is New(p) and Append for one split. It refuses more than 2^30 parts, for which there may
// be no memory: with New and All they need none.
func Split(p Params, src rand.Source) ([]int64, error) {
	s, err := New(p)
	if err != nil {
		return nil, err
	}
	if p.N > mostAtOnce {
		return nil, fmt.Errorf("split: %d parts are too many at once: with New and All they come one after the other", p.N)
	}
	return s.Append(nil, src), nil
}

// orSecret returns src, or if it is nil a generator that cannot be predicted.
func orSecret(src rand.Source) rand.Source {
	if src != nil {
		return src
	}
	var seed [32]byte
	_, _ = crand.Read(seed[:]) // never fails: crypto/rand ends the program instead
	return rand.NewChaCha8(seed)
}
