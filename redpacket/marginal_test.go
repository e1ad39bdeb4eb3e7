package redpacket

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/child"
)

// midCase has far too many splits to count each of them. With each way to draw there are as many
// trials as a second allows.
type midCase struct {
	Params
	usual, escaping, inDoubt, next int
}

var mid = []midCase{
	{Params{50, 3, 8, 250}, 40_000, 600, 1000, 600},
	{Params{50, 3, 8, 275}, 40_000, 600, 1000, 600},
	{Params{200, 1, 80, 3000}, 8000, 150, 150, 100},
	{Params{200, 1, 80, 12_000}, 8000, 150, 150, 100},
	{Params{1000, 1, 80, 5000}, 2000, 100, 0, 0}, // a coin in doubt takes a tenth of a second, and Next seconds
	{Params{30, 0, 1000, 9000}, 40_000, 300, 1000, 200},
	{Params{20, -1 << 40, 1 << 41, 1 << 42}, 40_000, 400, 400, 400},
}

// midCases are all of them, or under the race detector, which makes long numbers ten times
// slower, one.
func midCases() []midCase {
	if child.RaceEnabled {
		return mid[1:2]
	}
	return mid
}

// The tests below look at fewer than 10^4 positions. For each they demand that a chi-square is
// not beyond what has this probability, so that fewer than one run in 10^9 would fail by chance if
// counts were normal. They are not, and their tails are longer: by Chernoff, one that is expected to
// be leastOf(trials) reaches the limit alone with less than 10^-11. So it is less than 10^-6 for sure.
const perPosition = 1e-13

// leastOf returns how many of the trials a bin must be expected to have.
func leastOf(trials int) float64 { return max(40, float64(trials)/64) }

// farOff is how many standard errors a mean of products may be off: 10^-15 of normal ones are, and
// there are less than a hundred of them.
const farOff = 8

// marginal is the exact law of each part.
type marginal struct {
	Params
	cells          []marginalCell
	mean, variance float64
}

// marginalCell has the parts from from on, up to the next cell.
type marginalCell struct {
	from  int64
	share float64
}

// newMarginal computes it: value by value, or for wide ranges in cells that are narrow enough to
// take all of their values for the one in the middle.
func newMarginal(p Params) *marginal {
	m := &marginal{Params: p}
	square := 0.0
	add := func(from int64, size, share float64) {
		if share == 0 {
			return
		}
		m.cells = append(m.cells, marginalCell{from, share})
		at := float64(from) + (size-1)/2 - float64(p.Min)
		m.mean += share * at
		square += share * at * at
	}
	least, most := p.Values()
	last := uint64(most) - uint64(least)
	if last < 1<<12 {
		for v := least; v <= most; v++ {
			share, _ := p.Marginal(v).Float64()
			add(v, 1, share)
		}
	} else {
		size := last>>11 + 1
		before := 0.0
		for from := uint64(0); from <= last; from += size {
			until := min(from+size, last+1)
			share := p.below(least + int64(until))
			add(least+int64(from), float64(until-from), share-before)
			before = share
		}
	}
	m.variance = square - m.mean*m.mean
	return m
}

// below returns the share of the splits in which a part is less than v.
func (p Params) below(v int64) float64 {
	l := p.closedLexicon()
	l.countByExcluding(l.most())
	y := uint64(v) - uint64(p.Min)
	if l.turned {
		y = min(l.w-y+1, l.most()+1)
	}
	l.next()
	share, _ := new(big.Rat).SetFrac(l.below(y), l.all).Float64()
	if l.turned {
		share = 1 - share
	}
	return share
}

// pooled returns to which of bins each cell belongs, and what is expected of every bin in so many
// trials: leastOf them at least.
func (m *marginal) pooled(trials int) (bin []int, want []float64) {
	want = []float64{0}
	left, least := float64(trials), leastOf(trials)
	for _, c := range m.cells {
		last := len(want) - 1
		bin = append(bin, last)
		e := float64(trials) * c.share
		want[last] += e
		if left -= e; want[last] >= least && left >= least {
			want = append(want, 0)
		}
	}
	return bin, want
}

// findings is what is wrong with splits.
type findings struct {
	positions     int  // whose law is not the exact one
	pairs, halves bool // neighbours vary together, or first halves vary, as they should not
	worst         float64
}

func (f findings) any() bool { return f.positions > 0 || f.pairs || f.halves }

// judge draws splits, and compares every position with the exact law, neighbours and parts that
// are half of the others apart with the exact covariance, and the sum of the first half with its
// exact variance: all parts together do not vary, and any two vary together as any other two, so
// that the covariance is -variance/(n-1).
func (m *marginal) judge(trials int, draw func(dst []int64) []int64) (f findings) {
	bin, want := m.pooled(trials)
	seen := make([][]int, m.N)
	for i := range seen {
		seen[i] = make([]int, len(want))
	}
	n, half := m.N, m.N/2
	var neighbours, apart, halves moment
	var parts []int64
	off := make([]float64, n) // from the mean
	for range trials {
		parts = draw(parts[:0])
		first, next, far := 0.0, 0.0, 0.0
		for i, v := range parts {
			seen[i][bin[m.cell(v)]]++
			off[i] = float64(uint64(v)-uint64(m.Min)) - m.mean
			if i > 0 {
				next += off[i] * off[i-1]
			}
			if i < half {
				first += off[i]
			} else if i < 2*half {
				far += off[i] * off[i-half]
			}
		}
		neighbours.add(next)
		apart.add(far)
		halves.add(first * first)
	}
	f.worst = 1
	for _, counts := range seen {
		chi := 0.0
		for b, c := range counts {
			chi += (float64(c) - want[b]) * (float64(c) - want[b]) / want[b]
		}
		tail := chiTail(chi, len(want)-1)
		f.worst = min(f.worst, tail)
		if tail < perPosition {
			f.positions++
		}
	}
	h, others := float64(half), float64(n-1)
	f.pairs = neighbours.off(-m.variance) > farOff || apart.off(-h*m.variance/others) > farOff
	f.halves = halves.off(h*(float64(n)-h)*m.variance/others) > farOff
	return f
}

// cell returns where v is.
func (m *marginal) cell(v int64) int {
	first := m.cells[0].from
	size := int64(1)
	if len(m.cells) > 1 {
		size = m.cells[1].from - first
	}
	return int((v - first) / size)
}

// moment is the mean of a number, and its standard error.
type moment struct{ n, sum, squares float64 }

func (m *moment) add(x float64) { m.n, m.sum, m.squares = m.n+1, m.sum+x, m.squares+x*x }

// off returns how many standard errors the mean is off.
func (m *moment) off(want float64) float64 {
	mean := m.sum / m.n
	return math.Abs(mean-want) / math.Sqrt((m.squares/m.n-mean*mean)/m.n)
}

// TestMarginals holds Uniform to the exact law of all positions and of pairs and halves, with all
// that is drawn as always and with what is rare forced to happen all the time, and Next likewise.
func TestMarginals(t *testing.T) {
	for _, of := range midCases() {
		p := of.Params
		m := newMarginal(p)
		require.InDelta(t, p.excess().float()/float64(p.N), m.mean, 1e-6*m.mean, "the parts are equal on average")
		src := rand.NewPCG(uint64(p.N), uint64(p.Sum))
		splitter := func(set func(*uniformly)) func([]int64) []int64 {
			u := newUniformly(p)
			set(u)
			s := &Splitter{params: p, drawer: u}
			return func(dst []int64) []int64 { return s.Append(dst, src) }
		}
		for _, c := range []struct {
			name   string
			trials int
			draw   func([]int64) []int64
		}{
			{"usual", of.usual, splitter(usual)},
			{"escaping", of.escaping, splitter(func(u *uniformly) { u.spare = 0x1p-6 })},
			{"in doubt", of.inDoubt, splitter(func(u *uniformly) { u.doubt = 2 })},
			{"next", of.next, func(dst []int64) []int64 { return oneByOne(t, dst, p, src) }},
		} {
			t.Run(fmt.Sprint(p, c.name), func(t *testing.T) {
				if c.trials == 0 {
					return
				}
				f := m.judge(c.trials, c.draw)
				t.Logf("%d trials, the least likely position has p = %.2g", c.trials, f.worst)
				require.False(t, f.any(), "%+v", f)
			})
		}
	}
}

// oneByOne appends a split that Next has drawn.
func oneByOne(t *testing.T, dst []int64, rest Params, src rand.Source) []int64 {
	for rest.N > 0 {
		v, err := Next(src, rest)
		require.NoError(t, err)
		dst = append(dst, v)
		rest.N, rest.Sum = rest.N-1, rest.Sum-v
	}
	return dst
}

// TestMarginalsOfBiased holds that the same comparison sees what is biased, and Leash in each of the
// three things that it looks at.
func TestMarginalsOfBiased(t *testing.T) {
	for _, of := range midCases() {
		m := newMarginal(of.Params)
		for _, method := range []Method{Leash, Window} {
			s, err := New(of.Params, WithMethod(method))
			require.NoError(t, err)
			src := rand.NewPCG(1, uint64(of.Sum))
			f := m.judge(of.usual/2, func(dst []int64) []int64 { return s.Append(dst, src) })
			t.Logf("%v %v: %+v", of.Params, method, f)
			require.NotZero(t, f.positions, "%v %v", of.Params, method)
			if method == Leash {
				require.True(t, f.pairs, "%v", of.Params)
				require.True(t, f.halves, "%v", of.Params)
			}
		}
	}
}

// TestMarginalsOfHalves holds that pairs tell what no position can: the halves of two splits have
// the law of parts and of halves, and know nothing of each other.
func TestMarginalsOfHalves(t *testing.T) {
	p := Params{50, 3, 8, 275}
	s, err := New(p)
	require.NoError(t, err)
	src := rand.NewPCG(1, 2)
	f := newMarginal(p).judge(20_000, func(dst []int64) []int64 {
		one, other := s.Append(nil, src), s.Append(nil, src)
		return append(append(dst, one[:25]...), other[25:]...)
	})
	require.Equal(t, findings{pairs: true, worst: f.worst}, f)
}
