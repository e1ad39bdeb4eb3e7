package grab

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"

	"lab.example/gopark/redpacket"
)

// Pile is the parts of a split, to be taken from the top, each once, by whoever comes. It is for
// those who know that nobody comes twice, and it is what a Memory is made of. Taking a part
// is one atomic addition. Its methods may be called by many goroutines at once.
type Pile struct {
	parts []int64
	_     [cacheLine]byte // what is written all the time shares no line with what is only read
	taken atomic.Int64    // may be more than there are: by those who came too late
	_     [cacheLine - 8]byte
}

const cacheLine = 64

// NewPile splits p.
func NewPile(p redpacket.Params, opts ...Option) (*Pile, error) {
	var s settings
	for _, o := range opts {
		o(&s)
	}
	splitter, err := redpacket.New(p, redpacket.WithMethod(s.method))
	if err != nil {
		return nil, fmt.Errorf("make an envelope: %w", err)
	}
	return PileOf(splitter.Append(nil, s.source)), nil
}

// PileOf is a pile of these parts, the first one on top. The slice is the pile's from now on.
func PileOf(parts []int64) *Pile { return &Pile{parts: parts} }

// Option changes what NewPile and New make.
type Option func(*settings)

type settings struct {
	method redpacket.Method
	source rand.Source
}

// WithMethod splits by another method than redpacket.Uniform.
func WithMethod(m redpacket.Method) Option { return func(s *settings) { s.method = m } }

// WithSource takes the random words from src, which is not used any more when the envelope
// is made: the same words make the same parts in the same order. Without it they are secret.
// Whoever knows the seed knows who will get how much.
func WithSource(src rand.Source) Option { return func(s *settings) { s.source = src } }

// Take takes the part on top: ErrSoldOut if there is none.
func (p *Pile) Take() (Grant, error) {
	// Without the look, those who come too late would count on, and write to the line that
	// everybody reads.
	if int(p.taken.Load()) >= len(p.parts) {
		return Grant{}, ErrSoldOut
	}
	i := int(p.taken.Add(1)) - 1
	if i >= len(p.parts) {
		return Grant{}, ErrSoldOut
	}
	return p.grant(i), nil
}

func (p *Pile) grant(i int) Grant { return Grant{Index: i, Amount: p.parts[i]} }

// Left returns how many parts are left.
func (p *Pile) Left() int { return max(0, len(p.parts)-int(p.taken.Load())) }

// Grants returns what has been taken so far. Since parts go in order, that is a beginning of the
// pile, and one look at the counter is a snapshot of everything: each one is a
// continuation of those before.
func (p *Pile) Grants() []Grant {
	grants := make([]Grant, len(p.parts)-p.Left())
	for i := range grants {
		grants[i] = p.grant(i)
	}
	return grants
}
