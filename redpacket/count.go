package redpacket

import (
	"math/big"
	"math/bits"
)

// splits returns how many ways there are to write t as a sum of n numbers of 0..w.
func splits(n uint64, w uint64, t *big.Int) *big.Int {
	if n == 0 {
		if t.Sign() == 0 {
			return big.NewInt(1)
		}
		return new(big.Int)
	}
	top := new(big.Int).Mul(new(big.Int).SetUint64(n), new(big.Int).SetUint64(w))
	if t.Sign() < 0 || t.Cmp(top) > 0 {
		return new(big.Int)
	}
	if twice := new(big.Int).Lsh(t, 1); twice.Cmp(top) > 0 {
		t = top.Sub(top, t) // as many: turn every number round
	}
	return excluding(n, w, t, n-1)
}

// upTo returns how many ways there are to write t or less as a sum of n numbers of 0..w: it is as
// though there were one more number, which takes what is left and has no bound.
func upTo(n, w uint64, t *big.Int) *big.Int {
	if t.Sign() < 0 {
		return new(big.Int)
	}
	// If all numbers are turned round, those with more than t have less than top - t.
	top := new(big.Int).Mul(new(big.Int).SetUint64(n), new(big.Int).SetUint64(w))
	above := new(big.Int).Sub(top, t)
	above.Sub(above, big.NewInt(1))
	if above.Cmp(t) >= 0 {
		return excluding(n, w, t, n)
	}
	all := new(big.Int).SetUint64(w)
	all.Exp(all.Add(all, big.NewInt(1)), new(big.Int).SetUint64(n), nil)
	return all.Sub(all, upTo(n, w, above))
}

// excluding counts the ways to write t as a sum of k+1 numbers, of which n are at most w. From all
// that need not respect w it takes off those which break it in one place; those which break it in
// two were taken off twice, and so on. It takes min(n, t/(w+1)) products of min(k, t) factors.
func excluding(n, w uint64, t *big.Int, k uint64) *big.Int {
	m := new(big.Int).SetUint64(w)
	m.Add(m, big.NewInt(1))
	most := new(big.Int).SetUint64(k)
	// Of many numbers that are all to be divided by k!, only the sum is.
	sum, rows := new(big.Int), new(big.Int)
	ways := big.NewInt(1) // to choose i of n
	rest := new(big.Int).Set(t)
	for i := uint64(0); i <= n && rest.Sign() >= 0; i++ {
		into, fewer := rows, k
		if rest.Cmp(most) < 0 {
			into, fewer = sum, rest.Uint64()
		}
		term := falling(new(big.Int).Add(rest, most), fewer)
		if into == sum {
			term.Quo(term, factorialOf(fewer))
		}
		term.Mul(term, ways)
		if i%2 == 0 {
			into.Add(into, term)
		} else {
			into.Sub(into, term)
		}
		ways.Mul(ways, new(big.Int).SetUint64(n-i))
		ways.Quo(ways, new(big.Int).SetUint64(i+1))
		rest.Sub(rest, m)
	}
	if rows.Sign() != 0 {
		sum.Add(sum, rows.Quo(rows, factorialOf(k)))
	}
	return sum
}

// factorialOf returns n!, exactly.
func factorialOf(n uint64) *big.Int { return falling(new(big.Int).SetUint64(n), n) }

// falling returns n * (n-1) * ... * (n-k+1), for k up to n.
func falling(n *big.Int, k uint64) *big.Int {
	const few = 32
	if k <= few {
		return fallingShort(n, k)
	}
	half := k / 2
	return new(big.Int).Mul(falling(n, half), falling(new(big.Int).Sub(n, new(big.Int).SetUint64(half)), k-half))
}

// fallingShort multiplies as many factors as fit into a word before it takes a long product.
func fallingShort(n *big.Int, k uint64) *big.Int {
	result := big.NewInt(1)
	var factor big.Int
	if !n.IsUint64() {
		factor.Set(n)
		for range k {
			result.Mul(result, &factor)
			factor.Sub(&factor, big.NewInt(1))
		}
		return result
	}
	word := uint64(1)
	for next := n.Uint64(); k > 0; k, next = k-1, next-1 {
		if hi, lo := bits.Mul64(word, next); hi == 0 {
			word = lo
			continue
		}
		result.Mul(result, factor.SetUint64(word))
		word = next
	}
	return result.Mul(result, factor.SetUint64(word))
}

// Count returns how many splits there are; of Params that are not valid, none. A number
// of splits has about N*log2(Max-Min+1) bits, and takes the time that such numbers take.
func (p Params) Count() *big.Int {
	if p.Validate() != nil {
		return new(big.Int)
	}
	return splits(uint64(p.N), p.width(), p.excess().big())
}

// width returns Max - Min.
func (p Params) width() uint64 { return uint64(p.Max) - uint64(p.Min) }

// Marginal returns the share of the splits in which the first part is v. It is that of any other
// part, too. Of Params that are not valid, or without parts, it is 0.
func (p Params) Marginal(v int64) *big.Rat {
	all := p.Count()
	if all.Sign() == 0 || p.N == 0 || v < p.Min || v > p.Max {
		return new(big.Rat)
	}
	rest := p.excess().big()
	rest.Sub(rest, new(big.Int).SetUint64(uint64(v)-uint64(p.Min)))
	return new(big.Rat).SetFrac(splits(uint64(p.N)-1, p.width(), rest), all)
}
