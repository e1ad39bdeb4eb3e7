// Package redpacket asks: how is a sum split into parts, each within bounds, so that
// nobody is favoured?
//
// A red packet holds Sum coins for N people, each of whom gets at least Min and at
// most Max. Params says what is to be split and whether that can be done at all; the
// folders below try ways of doing it.
package redpacket

import (
	"errors"
	"fmt"
	"math/big"
	"math/bits"
)

// Params is a split to be made: N parts of Min..Max each, Sum in all.
type Params struct {
	N             int
	Min, Max, Sum int64
}

// ErrInfeasible is what the error of Validate is: errors.Is(err, ErrInfeasible).
var ErrInfeasible = errors.New("no such split")

// ParamError says why a split cannot be made. It Is ErrInfeasible.
type ParamError struct {
	Params
	Reason string
}

func (e *ParamError) Error() string {
	return fmt.Sprintf("split %d into %d parts of %d..%d: %s", e.Sum, e.N, e.Min, e.Max, e.Reason)
}

// Is reports whether target is ErrInfeasible.
func (e *ParamError) Is(target error) bool { return target == ErrInfeasible }

// Validate returns nil if at least one split exists, else a *ParamError. It computes
// with 128 bits: no parameters make it overflow.
func (p Params) Validate() error {
	fail := func(format string, args ...any) error {
		return &ParamError{p, fmt.Sprintf(format, args...)}
	}
	switch {
	case p.N < 0:
		return fail("there cannot be fewer parts than none")
	case p.Min > p.Max:
		return fail("the smallest part is larger than the largest")
	case p.N == 0 && p.Sum != 0:
		return fail("without parts nobody gets anything, and the sum must be 0")
	case less(wide(p.Sum), times(p.N, p.Min)):
		return fail("the sum is too small: every part is at least %d", p.Min)
	case less(times(p.N, p.Max), wide(p.Sum)):
		return fail("the sum is too large: every part is at most %d", p.Max)
	}
	return nil
}

// int128 is hi * 2^64 + lo.
type int128 struct {
	hi int64
	lo uint64
}

func wide(v int64) int128 { return int128{v >> 63, uint64(v)} }

// times returns n * v, for n >= 0.
func times(n int, v int64) int128 {
	hi, lo := bits.Mul64(uint64(n), uint64(v))
	if v < 0 {
		hi -= uint64(n) // v as unsigned is 2^64 too large
	}
	return int128{int64(hi), lo}
}

// excess returns Sum - N*Min of valid Params.
func (p Params) excess() u128 {
	sum, least := wide(p.Sum), times(p.N, p.Min)
	return u128{uint64(sum.hi), sum.lo}.minus(u128{uint64(least.hi), least.lo})
}

func less(a, b int128) bool {
	return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo
}

// Sums returns the least and the largest sum that N parts of Min..Max can have.
func (p Params) Sums() (least, most *big.Int) {
	n := big.NewInt(int64(p.N))
	return new(big.Int).Mul(n, big.NewInt(p.Min)), new(big.Int).Mul(n, big.NewInt(p.Max))
}

// Values returns the least and the largest value that a part of a split can have, given what the
// others need at least and can take at most. Params must be valid, with one part or more.
func (p Params) Values() (least, most int64) {
	others := Params{N: p.N - 1, Min: p.Min, Max: p.Max}
	low, high := others.Sums()
	sum := big.NewInt(p.Sum)
	least, most = p.Min, p.Max
	if v := new(big.Int).Sub(sum, high); v.Cmp(big.NewInt(least)) > 0 {
		least = v.Int64()
	}
	if v := new(big.Int).Sub(sum, low); v.Cmp(big.NewInt(most)) < 0 {
		most = v.Int64()
	}
	return least, most
}
