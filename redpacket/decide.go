package redpacket

import "math/big"

// A coin is decided as far as it must be: it is a real number between 0 and 1, of which 64 bits
// are drawn first, and the probability that it is compared with is known to some error. If
// that leaves it open, which is rare, both become more exact until it does not.
type coin struct {
	from *words
	bits *big.Int // nil as long as first is all
	n    uint
	top  uint64
}

func toss(from *words) coin { return coin{from: from, top: from.next()} }

// below reports whether the coin is below p, which is good to an error of at most slack, or that
// it cannot tell yet.
func (c *coin) below(p, slack float64) (yes, sure bool) {
	u := float64(c.top>>11) * 0x1p-53 // the coin is u or up to 2^-53 more
	switch {
	case u+(0x1p-52+slack) <= p:
		return true, true
	case u >= p+slack:
		return false, true
	}
	return false, false
}

// exactly reports whether the coin is below a number of which of returns an interval, the
// smaller the larger bits is: about 2^-bits. If the 64 bits that are there are enough to tell, it
// takes no others: so how many words are taken does not depend on what was tried before, nor on
// how that was rounded.
func (c *coin) exactly(of func(bits uint) (low, high *big.Float)) bool {
	if c.bits == nil {
		c.bits, c.n = new(big.Int).SetUint64(c.top), 64
	}
	for precision := uint(96); ; precision *= 2 {
		low, high := of(precision)
		least := new(big.Float).SetMantExp(new(big.Float).SetInt(c.bits), -int(c.n))
		most := new(big.Float).SetMantExp(new(big.Float).SetInt(new(big.Int).Add(c.bits, big.NewInt(1))), -int(c.n))
		switch {
		case most.Cmp(low) <= 0:
			return true
		case least.Cmp(high) >= 0:
			return false
		}
		for c.n < precision {
			c.bits.Lsh(c.bits, 64)
			c.bits.Or(c.bits, new(big.Int).SetUint64(c.from.next()))
			c.n += 64
		}
	}
}
