package law

import "lab.example/gopark/redpacket"

// Walk is what the threshold walk does on average.
type Walk struct {
	Outside float64 // probability that the last part is outside Min..Max
	Draws   float64 // expected number of draws of one walk
}

// OfWalk follows the probability of every distance from the mean's line through all
// parts. The walk is a Markov chain on these distances, of which there are m = Max -
// Min + 1: from each, the parts that the leash allows are equally likely, and a part
// takes m / allowed draws on average. Sums over neighbouring distances are
// differences of running sums, so that the cost is N * m and not N * m^2. p must be valid, with
// parts, and its sums far from what int64 can hold.
func OfWalk(p redpacket.Params) (l Walk) {
	m := int(p.Max - p.Min + 1)
	up := int(p.Max - p.Sum/int64(p.N)) // how far ahead of the line the sum may be
	down := m - 1 - up                  // how far behind

	// Index k stands for the distance k - down. A part moves it by at most down back
	// and up ahead, and it must stay within 0..m-1.
	at := make([]float64, m)
	at[down] = 1
	share := make([]float64, m+1) // running sums of at[k] / allowed(k)
	for range p.N - 1 {
		for k := range m {
			allowed := float64(min(m-1, k+up) - max(0, k-down) + 1)
			l.Draws += at[k] * float64(m) / allowed
			share[k+1] = share[k] + at[k]/allowed
		}
		for k := range m {
			at[k] = share[min(m-1, k+down)+1] - share[max(0, k-up)]
		}
	}
	for k, probability := range at {
		// The last part differs from the mean by the distance, with the sign turned.
		if back := k - down; back > down || -back > up {
			l.Outside += probability
		}
	}
	return l
}
