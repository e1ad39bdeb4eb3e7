package redpacket

import "math/big"

// A row has neighbours among the numbers of splits: with N(k, t) for the number of splits of t
// into k numbers of 0..w, and m = w+1, it has N(k, t), N(k, t-1) .. N(k, t-m). Each step from a row
// to the next one, with t larger or smaller by one or k smaller by one, takes a few products
// and one division by small numbers for each number that is new.
//
// The N(k, .) are the coefficients of f^k, where f = 1 + x + .. + x^w. From
//
//	(1-x) * f = 1 - x^m                              (a)
//	(1-x) * f' = f - m*x^w                           (b), the derivative of (a)
//	(f^k)' = k * f' * f^(k-1)                        (c)
//
// follows, (c) times (1-x) * f with (a) and (b) put in, what leads from t to t+1 and back:
//
//	(1-x) * (1-x^m) * (f^k)' = k * (1 - x^m - (1-x) * m*x^w) * f^k
//
// and, (b) times x with x^m from (a), what leads from k to k-1:
//
//	x * (1-x) * f' = x*f - m * (1 - (1-x)*f), so that with (c)
//	m * f^(k-1) = (m*(1-x) + x) * f^k - x * (1-x) * (f^k)' / k
//
// The recurrences below are the coefficients of these two at one power of x.
type row struct {
	k, t, m int64
	ring    []big.Int // N(k, t-i) is at head+i, and around
	head    int

	// Room for what is computed.
	sum, factor, term big.Int
}

// newRow returns the row of n numbers of 0..w with the sum t. It begins at t = 0.
func newRow(n, w, t uint64) *row {
	r := &row{k: int64(n), m: int64(w) + 1, ring: make([]big.Int, w+2)}
	r.at(0).SetInt64(1)
	for r.t < int64(t) {
		r.up()
	}
	return r
}

// at returns N(k, t-i), for i up to m.
func (r *row) at(i int64) *big.Int {
	i += int64(r.head)
	if i >= int64(len(r.ring)) {
		i -= int64(len(r.ring))
	}
	return &r.ring[i]
}

// add adds factor * x to r.sum.
func (r *row) add(factor int64, x *big.Int) {
	if factor == 0 || x.Sign() == 0 {
		return
	}
	r.factor.SetInt64(factor)
	r.sum.Add(&r.sum, r.term.Mul(x, &r.factor))
}

// quotient sets x to r.sum / divisor, which is an integer, and r.sum to 0.
func (r *row) quotient(x *big.Int, divisor int64) {
	x.Quo(&r.sum, r.factor.SetInt64(divisor))
	r.sum.SetInt64(0)
}

// up makes t larger by one.
func (r *row) up() {
	k, t, m := r.k, r.t, r.m
	r.add(t+k, r.at(0))
	r.add(t+1-m-k*m, r.at(m-1))
	r.add(k*(m-1)-(t-m), r.at(m))
	r.head--
	if r.head < 0 {
		r.head += len(r.ring)
	}
	r.t++
	r.quotient(r.at(0), r.t)
}

// down makes t smaller by one. t must be at most (k+1)*w, as it is before a choice is taken: then
// the number that is new is not N(k, k*w), the only one that the recurrence leaves open.
func (r *row) down() {
	k, t, m := r.k, r.t, r.m
	if s := t - 1 - m; s >= 0 {
		r.add(t, r.at(0))
		r.add(1-t-k, r.at(1))
		r.add(k*m-s-1, r.at(m))
		r.quotient(r.at(0), k*(m-1)-s)
	} else {
		r.at(0).SetInt64(0)
	}
	r.head++
	if r.head == len(r.ring) {
		r.head = 0
	}
	r.t--
}

// next makes k smaller by one.
func (r *row) next() {
	k, t, m := r.k, r.t, r.m
	// N(k, t) - N(k, t-1) = N(k-1, t) - N(k-1, t-m), which is (a) times f^(k-1).
	var last big.Int
	last.Sub(r.at(1), r.at(0))
	for i := range m {
		if t < i {
			break
		}
		r.add(k*m-(t-i), r.at(i))
		r.add((t-i)-1-k*(m-1), r.at(i+1))
		r.quotient(r.at(i), k*m)
	}
	r.at(m).Add(&last, r.at(0))
	r.k--
}

func (r *row) below(y uint64) *big.Int {
	r.term.SetInt64(0)
	for i := range int64(y) {
		r.term.Add(&r.term, r.at(i))
	}
	return &r.term
}

func (r *row) search(rank *big.Int) (y uint64) {
	for rank.Cmp(r.at(int64(y))) >= 0 {
		rank.Sub(rank, r.at(int64(y)))
		y++
	}
	return y
}

func (r *row) take(y uint64) {
	for range y {
		r.down()
	}
}
