package redpacket

import (
	"math"
	"math/big"
	"math/bits"
)

// u128 is hi * 2^64 + lo. Sums of up to 2^63 parts of up to 2^64 are below 2^127, so no
// operation on them overflows; what a sampler throws away may be as large as a sum.
type u128 struct{ hi, lo uint64 }

func (a u128) less(b u128) bool { return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo }

func (a u128) plus(b u128) u128 {
	lo, carry := bits.Add64(a.lo, b.lo, 0)
	return u128{a.hi + b.hi + carry, lo}
}

func (a u128) minus(b u128) u128 {
	lo, borrow := bits.Sub64(a.lo, b.lo, 0)
	return u128{a.hi - b.hi - borrow, lo}
}

// distance returns a - b, rounded.
func (a u128) distance(b u128) float64 {
	if a.less(b) {
		return -b.minus(a).float()
	}
	return a.minus(b).float()
}

func (a u128) float() float64 {
	if a.hi == 0 {
		return float64(a.lo)
	}
	return math.Ldexp(float64(a.hi), 64) + float64(a.lo)
}

func (a u128) big() *big.Int {
	b := new(big.Int).SetUint64(a.hi)
	return b.Add(b.Lsh(b, 64), new(big.Int).SetUint64(a.lo))
}

// product returns n * w.
func product(n, w uint64) u128 {
	hi, lo := bits.Mul64(n, w)
	return u128{hi, lo}
}

// whole returns the integer that is nearest to f, for 0 <= f < 2^127.
func whole(f float64) u128 {
	f = math.Floor(f + 0.5)
	if f < 1<<63 {
		return u128{0, uint64(f)}
	}
	hi := math.Floor(math.Ldexp(f, -64))
	return u128{uint64(hi), uint64(f - math.Ldexp(hi, 64))} // both are exact: f is a float
}
