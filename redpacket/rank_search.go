package redpacket

import "math/big"

// An excluder is a counter for a few parts, or for wide ranges: it counts anew each time, as
// Count does, and has nothing to remember.
type excluder struct {
	others, w uint64
	rest      *big.Int
	upToRest  *big.Int
}

func (e *excluder) next() {
	e.others--
	e.upToRest = upTo(e.others, e.w, e.rest)
}

// below counts those in which the others have more than rest-y and up to rest.
func (e *excluder) below(y uint64) *big.Int { return e.belowBig(new(big.Int).SetUint64(y)) }

func (e *excluder) belowBig(y *big.Int) *big.Int {
	return new(big.Int).Sub(e.upToRest, upTo(e.others, e.w, new(big.Int).Sub(e.rest, y)))
}

// search looks between two choices, where a straight line between the numbers that are below them
// would be at rank. An end that stays where it is counts half as much each time, so that both come
// near (it is known as the Illinois method); and if that does not help, the middle will.
func (e *excluder) search(rank *big.Int) uint64 {
	one := big.NewInt(1)
	low, high := new(big.Int), new(big.Int).SetUint64(e.w)
	if high.Cmp(e.rest) > 0 {
		high.Set(e.rest)
	}
	high.Add(high, one) // w+1 may be 2^64
	short := new(big.Int).Set(rank)
	over := new(big.Int).Sub(e.belowBig(high), rank)
	width := new(big.Int)
	stayed := 0 // times that high did, or low if negative
	for i := 1; width.Sub(high, low).Cmp(one) > 0; i++ {
		at := new(big.Int)
		if i%4 == 0 {
			at.Rsh(width, 1)
		} else if short.Sign() > 0 {
			at.Mul(width, short)
			at.Quo(at, new(big.Int).Add(short, over))
		}
		switch {
		case at.Sign() == 0:
			at.SetInt64(1)
		case at.Cmp(width) >= 0:
			at.Sub(width, one)
		}
		at.Add(at, low)
		left := new(big.Int).Sub(rank, e.belowBig(at))
		if left.Sign() >= 0 {
			low, short = at, left
			if stayed = max(stayed, 0) + 1; stayed > 1 {
				over.Rsh(over, 1)
			}
		} else {
			high, over = at, left.Neg(left)
			if stayed = min(stayed, 0) - 1; stayed < -1 {
				short = new(big.Int).Rsh(short, 1)
			}
		}
	}
	rank.Sub(rank, e.belowBig(low))
	return low.Uint64()
}

func (e *excluder) take(y uint64) { e.rest.Sub(e.rest, new(big.Int).SetUint64(y)) }
