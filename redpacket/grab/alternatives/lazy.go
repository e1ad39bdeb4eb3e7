package alternatives

import (
	"context"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"sync/atomic"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
	"lab.example/gopark/redpacket/grab/users"
)

// lazy splits nothing in advance. The money and the parts that are left are one word; a grab
// computes from it what the next part is, and swaps the word for what is left then, or tries again
// if somebody was quicker. WeChat's envelopes are said to be made so: nothing is kept but
// the rest, so that it does not matter in which process the next grab runs.
//
// The part is the double average: anything up to twice the mean, kept to what the bounds leave
// possible. That is not uniform. redpacket.Next would be, and takes ten times as long, during
// which somebody else is quicker.
//
// What it saves, 8 bytes a part, it pays back at once: to tell a user again what he had, it has
// to remember it.
type lazy struct {
	base    int64  // Params.Min: all other amounts are above it
	width   uint64 // Params.Max, above it
	first   uint64 // the word in the beginning
	seed    uint64
	amounts []uint64 // by index; each is guarded by the seat of its user
	users   *users.Table
	_       [64]byte
	rest    atomic.Uint64 // money, and in the lowest bits parts
	_       [56]byte
}

const partBits = 24

func newLazy(p redpacket.Params, src rand.Source) (Envelope, error) {
	if err := p.Validate(); err != nil {
		return nil, fmt.Errorf("make an envelope: %w", err)
	}
	width := uint64(p.Max) - uint64(p.Min)
	money := uint64(p.Sum) - uint64(p.N)*uint64(p.Min) // right whenever the other two fit
	if p.N >= 1<<partBits || width >= 1<<(64-partBits) || money >= 1<<(64-partBits) {
		return nil, fmt.Errorf("make an envelope: %d parts of %d..%d do not fit into a word", p.N, p.Min, p.Max)
	}
	l := &lazy{
		base: p.Min, width: width, first: money<<partBits | uint64(p.N), seed: rand.Uint64(),
		amounts: make([]uint64, p.N), users: users.New(p.N),
	}
	if src != nil {
		l.seed = src.Uint64()
	}
	l.rest.Store(l.first)
	return open{l}, nil
}

func (l *lazy) Grab(ctx context.Context, user string) (grab.Grant, error) {
	seat := l.users.Lock(user)
	defer seat.Unlock()
	if ctx.Err() != nil {
		return grab.Grant{}, context.Cause(ctx)
	}
	if i, ok := seat.Index(); ok {
		return again(l.grant(i, l.amounts[i])), nil
	}
	for {
		rest := l.rest.Load()
		if parts(rest) == 0 {
			return grab.Grant{}, grab.ErrSoldOut
		}
		amount := l.draw(rest)
		if l.rest.CompareAndSwap(rest, without(rest, amount)) {
			i := len(l.amounts) - int(parts(rest))
			l.amounts[i] = amount
			seat.Take(i)
			return l.grant(i, amount), nil
		}
	}
}

func (l *lazy) grant(i int, amount uint64) grab.Grant {
	return grab.Grant{Index: i, Amount: l.base + int64(amount)}
}

func parts(rest uint64) uint64 { return rest & (1<<partBits - 1) }

// without is what is left after a part of amount.
func without(rest, amount uint64) uint64 { return rest - amount<<partBits - 1 }

// draw returns the next part. It depends on nothing but the seed and the rest: whoever tries again
// for the same part comes to the same result.
func (l *lazy) draw(rest uint64) uint64 {
	money, n := rest>>partBits, parts(rest)
	least := money - min(money, (n-1)*l.width)
	most := min(money, l.width)
	// The upper word of a product is uniform up to one in 2^24, or better.
	v, _ := bits.Mul64(scramble(l.seed+n*0x9e3779b97f4a7c15), 2*money/n+1)
	return min(max(v, least), most)
}

// scramble is the output function of SplitMix64.
func scramble(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (l *lazy) Left() int { return int(parts(l.rest.Load())) }

// Grants draws everything again: so one look at the rest is a snapshot, although those who got
// the last parts may not have written down yet what they have.
func (l *lazy) Grants() []grab.Grant {
	grants := make([]grab.Grant, len(l.amounts)-l.Left())
	rest := l.first
	for i := range grants {
		amount := l.draw(rest)
		grants[i] = l.grant(i, amount)
		rest = without(rest, amount)
	}
	return grants
}
