package law

import (
	"iter"

	"lab.example/gopark/redpacket"
)

// line has a number for each amount that may be left.
type line struct {
	least int64 // the amount of mass[0]
	mass  []float64
}

func newLine(size int, least int64) line { return line{least, make([]float64, size)} }

// begin returns the line before the first part: all is left. The amounts reach below 0, for the
// last part of Walk may need more than is there, and the room at the end is for settle.
func (r rule) begin(p redpacket.Params) line {
	w := p.Max - p.Min
	l := newLine(int(r.all+2*w+2), -w)
	l.mass[r.all-l.least] = 1
	return l
}

// each yields the amounts whose number is not 0.
func (l line) each() iter.Seq2[int64, float64] {
	return func(yield func(int64, float64) bool) {
		for i, v := range l.mass {
			if v > 0 && !yield(int64(i)+l.least, v) {
				return
			}
		}
	}
}

func (l line) at(left int64) float64 { return l.mass[left-l.least] }

// spread adds v to the amounts low..high, which is seen after settle.
func (l line) spread(low, high int64, v float64) {
	l.mass[low-l.least] += v
	l.mass[high-l.least+1] -= v
}

// settle turns differences into numbers. What is left where they cancel, 1e-16 or so, is rounding
// and no probability.
func (l line) settle() {
	sum := 0.0
	for i, v := range l.mass {
		sum += v
		if l.mass[i] = sum; sum < 1e-14 {
			l.mass[i] = 0
		}
	}
}

// sums returns the running sums.
func (l line) sums() line {
	sums := newLine(len(l.mass)+1, l.least)
	for i, v := range l.mass {
		sums.mass[i+1] = sums.mass[i] + v
	}
	return sums
}

// between returns the sum of low..high, of running sums.
func (l line) between(low, high int64) float64 {
	return l.mass[high-l.least+1] - l.mass[low-l.least]
}
