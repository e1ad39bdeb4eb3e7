package redpacket

import "math"

// mostRow is how many bytes a row may have.
const mostRow = 64 << 20

// rowIsBetter reports whether n numbers of 0..w with the sum t, of which t is the smaller half,
// are better counted with a row than with an excluder. It compares rough measurements in ns:
// nothing but time depends on them.
func rowIsBetter(n, w uint64, t u128) bool {
	parts, sum, m := float64(n), t.float(), float64(w)+1
	length := 1 + mostBits(parts, m, sum)/64 // words
	switch {
	case (m+4)*(8*length+40) > mostRow:
		return false
	case (parts+1)*(m+1)+sum > 1<<60:
		return false // the small numbers would not be small
	}
	row := (sum + 2*parts*m) * (200 + 4*length)
	terms := min(parts, sum/m+1)
	excluder := parts * terms * parts * (30 + length/2)
	return row <= excluder
}

// mostBits returns the logarithm of a bound of the number of splits: they are not more than the
// ways to choose all parts, and not more than those without an upper bound of a part.
func mostBits(parts, m, sum float64) float64 {
	all := parts * math.Log2(m)
	if parts == 0 || sum == 0 {
		return min(all, 0)
	}
	return min(all, parts*math.Log2((parts+sum)/parts)+sum*math.Log2((parts+sum)/sum))
}
