package law

import "math"

// Improbable reports whether nobody should believe that a share of n draws comes from a
// probability p: such a share or one beyond comes by chance less than once in a billion times,
// by Chernoff's bound. The rounding of p and of the share, 1e-9 or so, is not held against it.
func Improbable(share, p float64, n int64) bool {
	const slack, limit = 1e-9, 21.5 // ln(2 * 10^9)
	switch {
	case p < slack:
		p = min(slack, share)
	case p > 1-slack:
		p = max(1-slack, share)
	}
	return float64(n)*divergence(share, p) > limit
}

// divergence is the Kullback-Leibler divergence of a coin with probability q from one with
// probability p: n tosses of p show a share of q or beyond with a probability of at most
// exp(-n * divergence).
func divergence(q, p float64) float64 {
	term := func(q, p float64) float64 {
		switch {
		case q == 0:
			return 0
		case p <= 0:
			return math.Inf(1)
		}
		return q * math.Log(q/p)
	}
	return term(q, p) + term(1-q, 1-p)
}
