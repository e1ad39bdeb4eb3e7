package redpacket

import "math/big"

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
func upTo(n, w uint64, t *big.Int) *big.Int { return excluding(n, w, t, n) }

// excluding counts the ways to write t as a sum of k+1 numbers, of which n are at most w. From all
// that need not respect w it takes off those which break it in one place; those which break it in
// two were taken off twice, and so on. It takes min(n, t/(w+1)) products of numbers as long as the
// result.
func excluding(n, w uint64, t *big.Int, k uint64) *big.Int {
	m := new(big.Int).SetUint64(w)
	m.Add(m, big.NewInt(1))
	sum := new(big.Int)
	ways := big.NewInt(1) // to choose i of n
	rest := new(big.Int).Set(t)
	for i := uint64(0); i <= n && rest.Sign() >= 0; i++ {
		term := choose(new(big.Int).Add(rest, new(big.Int).SetUint64(k)), k)
		term.Mul(term, ways)
		if i%2 == 0 {
			sum.Add(sum, term)
		} else {
			sum.Sub(sum, term)
		}
		ways.Mul(ways, new(big.Int).SetUint64(n-i))
		ways.Quo(ways, new(big.Int).SetUint64(i+1))
		rest.Sub(rest, m)
	}
	return sum
}

// choose returns the number of ways to choose k of n.
func choose(n *big.Int, k uint64) *big.Int {
	if n.IsInt64() {
		return new(big.Int).Binomial(n.Int64(), int64(k))
	}
	result := falling(n, k)
	return result.Quo(result, new(big.Int).MulRange(1, int64(k)))
}

// falling returns n * (n-1) * ... * (n-k+1).
func falling(n *big.Int, k uint64) *big.Int {
	switch k {
	case 0:
		return big.NewInt(1)
	case 1:
		return new(big.Int).Set(n)
	}
	half := k / 2
	return new(big.Int).Mul(falling(n, half), falling(new(big.Int).Sub(n, new(big.Int).SetUint64(half)), k-half))
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
