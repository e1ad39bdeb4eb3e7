package redpacket

import (
	"math"
	"sync/atomic"
)

// A lattice makes the first look at a coin cheap. It remembers what a band says on a grid of
// sums, of each for four numbers of parts, once it was asked for. A cubic goes through the four sums
// that are nearest, and one through the four numbers of parts: these are the zeros of a Chebyshev
// polynomial over the band, or all there are.
//
// How far off that can be follows from the fourth derivatives, which those of waves bound: for the
// numbers of parts at most |z|^4 each, for the sums at most (l*x)^4, times |phi|^low. With the
// distances a, b, c and d from the four points, a*b*c*d/4! is at most h^4/3072 for the zeros in a band
// of length h, and at most 3/128*step^4 between the middle ones of four points a step apart. The
// cubic through the zeros makes the errors of the values it goes through up to 1.85 times as large,
// the other one up to 1.25 times.
type lattice struct {
	step, first  float64 // of the columns: how far apart, and where the first one is, from the mean
	center, half float64 // of the band
	all          bool    // the band has no more than four numbers of parts
	parts        [4]float64
	terms        [][8]float64 // of the sum, re and im for each of parts
	known        []column
	slack        float64
}

// column is the bits of 1 + what a band says of one sum, for each of parts, or 0 if it was not asked
// for.
type column [4]atomic.Uint64

const (
	perDeviation = 8 // columns for a standard deviation
	farthest     = 3 // standard deviations, to either side
)

// The zeros of the Chebyshev polynomial of degree 4 are -outer, -inner, inner and outer.
var outer, inner = math.Cos(math.Pi / 8), math.Cos(3 * math.Pi / 8)

// lay prepares the lattice, with so many columns for each standard deviation.
func (b *band) lay(perDeviation float64) {
	q := &b.lattice
	low, high := float64(b.low), float64(b.high)
	q.all = b.high-b.low < 4
	q.center, q.half = (low+high)/2, (high-low)/2
	q.parts = [4]float64{q.center - outer*q.half, q.center - inner*q.half, q.center + inner*q.half, q.center + outer*q.half}
	if q.all {
		q.parts = [4]float64{low, min(high, low+1), min(high, low+2), high}
	}
	q.step = b.deviation / perDeviation
	side := math.Ceil(farthest*perDeviation) + 2
	q.first = -side * q.step
	q.known = make([]column, 2*int(side)+1)
	q.terms = make([][8]float64, len(b.waves))
	var inSums, inParts float64
	for i, z := range b.waves {
		for m, k := range q.parts {
			sin, cos := math.Sincos(k * z.turn)
			size := 2 * math.Exp(k*z.fall)
			q.terms[i][2*m], q.terms[i][2*m+1] = size*cos, size*sin
		}
		size := 2 * math.Exp(low*z.fall)
		inSums += size * fourth(2*math.Pi*(float64(i+1)/b.n)*q.step)
		inParts += size * fourth(math.Hypot(z.fall, z.turn)*(high-low))
	}
	if q.all {
		inParts = 0
	}
	q.slack = 3*b.error + (1+0x1p-20)*(inParts/3072+1.85*inSums*3/128)/b.bound // 1.85*1.25 < 3
}

func fourth(x float64) float64 { return x * x * (x * x) }

// look returns what the lattice says for k parts whose sum is d from the mean, if it can tell.
func (b *band) look(k uint64, d float64) (p float64, ok bool) {
	q := &b.lattice
	x := (d - q.first) / q.step
	if !(x >= 1 && x < float64(len(q.known)-2)) {
		return 0, false
	}
	i := int(x)
	x -= float64(i)
	columns := (*[4]column)(q.known[i-1:])
	for c := range columns {
		if columns[c][0].Load() == 0 {
			b.learn(i - 1 + c)
		}
	}
	y, z := 1-x, 2-x
	f := [4]float64{-x * y * z / 6, (1 + x) * y * z / 2, (1 + x) * x * z / 2, -x * y * (1 + x) / 6}
	g := q.weights(k)
	for m, share := range g {
		var sum float64
		for c := range columns {
			sum += f[c] * math.Float64frombits(columns[c][m].Load())
		}
		p += share * sum
	}
	return p - 1, true
}

// weights returns how much each of the four numbers of parts counts for k.
func (q *lattice) weights(k uint64) (g [4]float64) {
	if q.all {
		g[int(float64(k)-q.parts[0])] = 1
		return g
	}
	x := (float64(k) - q.center) / q.half
	a, b := (x*x-inner*inner)/math.Sqrt2, (x*x-outer*outer)/math.Sqrt2
	return [4]float64{-a * (x - outer) / outer, b * (x - inner) / inner, -b * (x + inner) / inner, a * (x + outer) / outer}
}

// learn fills in a column. Its first number is stored last: who sees it sees all four.
func (b *band) learn(i int) {
	q := &b.lattice
	sin, cos := math.Sincos(2 * math.Pi * ((q.first + float64(i)*q.step) / b.n))
	var r0, i0, r1, i1, r2, i2, r3, i3 float64
	for i := len(q.terms) - 1; i >= 0; i-- { // Horner, in e^(-i*x*d)
		t := &q.terms[i]
		r0, i0 = r0+t[0], i0+t[1]
		r1, i1 = r1+t[2], i1+t[3]
		r2, i2 = r2+t[4], i2+t[5]
		r3, i3 = r3+t[6], i3+t[7]
		r0, i0 = r0*cos+i0*sin, i0*cos-r0*sin
		r1, i1 = r1*cos+i1*sin, i1*cos-r1*sin
		r2, i2 = r2*cos+i2*sin, i2*cos-r2*sin
		r3, i3 = r3*cos+i3*sin, i3*cos-r3*sin
	}
	c, re := &q.known[i], [4]float64{r0, r1, r2, r3}
	for m := 3; m >= 0; m-- {
		c[m].Store(math.Float64bits(1 + (1+re[m])/b.bound))
	}
}
