package redpacket

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/child"
	"pgregory.net/rapid"
)

func TestMethodsHaveNames(t *testing.T) {
	require.Len(t, Methods(), int(Exchange)+1)
	for m := range Exchange + 1 {
		text, err := m.MarshalText()
		require.NoError(t, err)
		require.Equal(t, Methods()[m], string(text))
		var back Method
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, m, back)
	}
	_, err := New(Params{1, 0, 1, 1}, WithMethod(Exchange+1))
	require.ErrorContains(t, err, "no method")
}

// impatient is a source that ends the test if it is asked for too many words.
type impatient struct {
	rand.Source
	left float64
}

func (s *impatient) Uint64() uint64 {
	if s.left--; s.left < 0 {
		panic("far more words than expected")
	}
	return s.Source.Uint64()
}

// expects returns how many words a split takes on average, or a little more.
func expects(d drawer) float64 {
	switch d := d.(type) {
	case *walk:
		return 2 * float64(d.N) * (float64(d.width()) + 1) / float64(min(d.mean-d.Min, d.Max-d.mean)+1)
	case *retry:
		return 2 * float64(d.n) / chance(tilt{w: d.w}, d.n, d.t)
	case *tilted:
		return 8 * float64(d.n) / chance(d.law.tilt, d.n, d.t)
	case *divide:
		return 8 * float64(d.n) * math.Exp(-d.law.logTotal()) / chance(d.law.tilt, d.n, d.t)
	case *bars:
		return 2 * float64(d.n) / d.chance()
	case *exchange:
		return 6 * float64(d.steps)
	case *window:
		return 2 * float64(d.n)
	case *leash:
		return 2 * float64(d.n)
	case *average:
		return 2 * float64(d.n)
	case alike:
		return 0
	case *enumerate:
		return 2
	case *dynamic:
		return float64(d.n)
	}
	return math.Inf(1)
}

// anyParams draws Params that are valid: small ones, skewed ones, and extremes.
func anyParams(t *rapid.T) Params {
	p := Params{
		N:   rapid.OneOf(rapid.IntRange(0, 12), rapid.IntRange(13, 300)).Draw(t, "n"),
		Min: rapid.OneOf(rapid.Int64Range(-5, 5), rapid.Int64()).Draw(t, "min"),
	}
	width := rapid.OneOf(rapid.Uint64Range(0, 20), rapid.Uint64Range(0, 3000), rapid.Uint64()).Draw(t, "width")
	width = min(width, uint64(math.MaxInt64)-uint64(p.Min))
	p.Max = p.Min + int64(width)
	// What is left when all have Min: next to nothing, nearly all, or anything.
	all := new(big.Int).Mul(big.NewInt(int64(p.N)), new(big.Int).SetUint64(width))
	over := big.NewInt(rapid.Int64Range(0, 30).Draw(t, "near"))
	switch rapid.IntRange(0, 2).Draw(t, "edge") {
	case 1:
		over.Sub(all, over)
	case 2:
		over.Mul(all, big.NewInt(rapid.Int64Range(0, 1<<20).Draw(t, "where")))
		over.Rsh(over, 20)
	}
	sum := new(big.Int).Mul(big.NewInt(int64(p.N)), big.NewInt(p.Min))
	sum.Add(sum, over)
	p.Sum = sum.Int64()
	if over.Sign() < 0 || over.Cmp(all) > 0 || !sum.IsInt64() {
		return Params{3, -1, 1, 0} // there is no such sum
	}
	return p
}

// dear reports whether it takes long to prepare this, or to find out that it is too much.
func dear(m Method, p Params) bool {
	switch m {
	case Dynamic:
		t := p.excess().float()
		t = min(t, float64(p.N)*float64(p.width())-t)
		return t*float64(p.N) > 1<<16 && t*float64(p.N) < 2*mostTable
	case Enumerate:
		return p.Count().Cmp(big.NewInt(1<<12)) > 0
	}
	return false
}

// TestMethodsSplitOrRefuse is carried out with 1500 Params and every method but Uniform. A split
// that takes 40 times as long as it should has a probability of e^-40.
func TestMethodsSplitOrRefuse(t *testing.T) {
	tried := make(map[string]int)
	rapid.Check(t, func(t *rapid.T) {
		for range 15 {
			p := anyParams(t)
			require.NoError(t, p.Validate())
			for m := Walk; m <= Exchange; m++ {
				if dear(m, p) && rapid.IntRange(0, 199).Draw(t, "anyway") > 0 {
					continue
				}
				s, err := New(p, WithMethod(m))
				if err != nil {
					require.ErrorIs(t, err, ErrUnsuited, "%v %+v", m, p)
					require.NotErrorIs(t, err, ErrInfeasible)
					tried[m.String()+" refused"]++
					continue
				}
				words := expects(s.drawer)
				if words > 1<<12 {
					tried[m.String()+" dear"]++
					continue
				}
				src := &impatient{rand.NewPCG(uint64(p.Sum), 1), 40*words + 1000}
				requireSplit(t, m, p, s.Append(nil, src))
				tried[m.String()]++
			}
		}
	})
	t.Log(tried)
	for m := Walk; m <= Exchange; m++ {
		require.NotZero(t, tried[m.String()], "%v", m)
	}
}

func requireSplit(t require.TestingT, m Method, p Params, parts []int64) {
	require.Len(t, parts, p.N, "%v %+v", m, p)
	want, sum := big.NewInt(p.Sum), new(big.Int)
	for i, v := range parts {
		sum.Add(sum, big.NewInt(v))
		if m == Walk && i == p.N-1 {
			want.Sub(want, big.NewInt(p.Sum%int64(p.N)))
			break
		}
		if v < p.Min || v > p.Max {
			require.Fail(t, "out of bounds", "%v %+v: part %d is %d", m, p, i, v)
		}
	}
	require.Equal(t, want.String(), sum.String(), "%v %+v", m, p)
}

// What comes in blocks is what comes at once, and many parts are no reason to prepare anything.
func TestMethodsInBlocks(t *testing.T) {
	many := Params{3*mostBlock + 5, 1, 80, (3*mostBlock + 5) * 40}
	for _, m := range []Method{Walk, Leash, Window, DoubleAverage, Symmetric, Exchange, Uniform} {
		s, err := New(many, WithMethod(m))
		require.NoError(t, err)
		parts := s.Append(nil, rand.NewPCG(1, 2))
		requireSplit(t, m, many, parts)
		i := 0
		for v := range s.All(rand.NewPCG(1, 2)) {
			require.Equal(t, parts[i], v, "%v %d", m, i)
			i++
		}
		require.Equal(t, many.N, i)
	}
	huge := Params{int(min(uint64(mostParts), math.MaxInt)), -1, math.MaxInt64 - 1, math.MaxInt64}
	for _, m := range []Method{Leash, Window, DoubleAverage, Symmetric} {
		s, err := New(huge, WithMethod(m))
		require.NoError(t, err)
		i := 0
		for v := range s.All(rand.NewPCG(1, 2)) {
			require.GreaterOrEqual(t, v, huge.Min)
			if i++; i == 100 {
				break
			}
		}
		huge.N++
		_, err = New(huge, WithMethod(m))
		require.ErrorIs(t, err, ErrUnsuited)
		huge.N--
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		method Method
		Params
		want string // part of the error; "" if it is accepted
	}{
		{Walk, Params{50, 3, 8, 150}, ""},
		{Walk, Params{50, 0, 1 << 30, 50}, "random words"},
		{Walk, Params{2, 0, 1 << 61, 1 << 60}, "beyond 2^60"},
		{Retry, Params{50, 3, 8, 275}, ""},
		{Retry, Params{50, 3, 8, 250}, ""},
		{Retry, Params{50, 3, 8, 200}, "random words"},
		{Retry, Params{50, 3, 8, 150}, "not come to an end"},
		{Retry, Params{1000, 1, 80, 40500}, ""},
		{Retry, Params{1, 0, math.MaxInt64, 7}, "random words"},
		{Tilted, Params{50, 3, 8, 151}, ""},
		{Tilted, Params{1000, 1, 80, 5000}, ""},
		{Tilted, Params{100_000, 1, 80, 4_000_000}, "random words"},
		{Divide, Params{10_000, 1, 80, 400_000}, ""},
		{Divide, Params{1_000_000, 1, 80, 40_000_000}, "random words"},
		{Bars, Params{50, 3, 8, 175}, ""},
		{Bars, Params{50, 3, 8, 375}, ""},
		{Bars, Params{1000, 1, 80, 40_000}, "not come to an end"},
		{Bars, Params{3, 0, math.MaxInt64, math.MaxInt64}, "places"},
		{Bars, Params{1 << 20, 0, 9, 0}, "parts are too many"},
		{Enumerate, Params{6, 0, 9, 27}, ""},
		{Enumerate, Params{50, 3, 8, 250}, "too many splits"},
		{Enumerate, Params{math.MaxInt, 0, 9, 7}, "parts are too many"},
		{Dynamic, Params{50, 3, 8, 250}, ""},
		{Dynamic, Params{1000, 1, 80, 80_000}, ""}, // there is only one
		{Dynamic, Params{2000, 1, 80, 80_000}, "table"},
		{Dynamic, Params{3, 0, math.MaxInt64, math.MaxInt64}, "table"},
		{Exchange, Params{1 << 20, 0, 9, 7}, ""},
		{Exchange, Params{1 << 26, 0, 9, 7}, "random words"},
	} {
		_, err := New(c.Params, WithMethod(c.method))
		if c.want == "" {
			require.NoError(t, err, "%v %+v", c.method, c.Params)
			continue
		}
		require.ErrorIs(t, err, ErrUnsuited, "%v %+v", c.method, c.Params)
		require.ErrorContains(t, err, c.want, "%v %+v", c.method, c.Params)
		require.ErrorContains(t, err, c.method.String())
	}
}

// TestExactMethods holds that six methods are what they say: about sixty comparisons.
func TestExactMethods(t *testing.T) {
	for _, p := range []Params{
		{4, 3, 8, 20},
		{5, 3, 8, 25},
		{5, 0, 9, 7},
		{3, 0, 20, 25},
		{12, 0, 1, 3},
		{9, -1, 1, 0},
		{8, -1, 1, 4},
		{7, 0, 17, 3},
		{8, -10, 10, -77},
		{28, 0, 3000, 2},
		{2, math.MinInt64, math.MinInt64 + 8, 0}, // refused
		{2, math.MinInt64/2 - 8, math.MinInt64 / 2, math.MinInt64},
	} {
		for _, m := range []Method{Retry, Bars, Enumerate, Dynamic, Tilted, Divide} {
			s, err := New(p, WithMethod(m))
			if err != nil || expects(s.drawer) > 1<<9 {
				continue
			}
			t.Run(fmt.Sprint(p, m), func(t *testing.T) {
				if child.RaceEnabled && p.Count().Int64() > 1000 {
					return // the same in twenty seconds
				}
				src := rand.NewPCG(uint64(p.N), uint64(m))
				draws := 20 * int(p.Count().Int64())
				requireUniform(t, p, draws, func() []int64 { return s.Append(nil, src) })
			})
		}
	}
}

// The comparison of TestExactMethods fails for the methods that are biased.
func TestBiasedMethodsAreSeen(t *testing.T) {
	p := Params{5, 3, 8, 25}
	for _, m := range []Method{Leash, Window, DoubleAverage, Symmetric} { // Exchange is very near
		s, err := New(p, WithMethod(m))
		require.NoError(t, err)
		src := rand.NewPCG(1, uint64(m))
		seen := make(map[string]int)
		all := p.Count().Int64()
		for range 20 * all {
			seen[fmt.Sprint(s.Append(nil, src))]++
		}
		chi := 20 * float64(all-int64(len(seen)))
		for _, n := range seen {
			chi += (float64(n) - 20) * (float64(n) - 20) / 20
		}
		require.Less(t, chiTail(chi, int(all)-1), falseAlarm, "%v", m)
	}
}

func TestChances(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyParams(t)
		if p.N == 0 {
			return
		}
		n, w, excess := uint64(p.N), p.width(), p.excess()
		count := new(big.Float).SetInt(p.Count())
		m := new(big.Int).Add(new(big.Int).SetUint64(w), big.NewInt(1))
		all := new(big.Float).SetInt(new(big.Int).Exp(m, big.NewInt(int64(n)), nil))
		want, _ := new(big.Float).Quo(count, all).Float64()
		got := chance(tilt{w: w}, n, excess)
		require.LessOrEqual(t, got, want*(1+1e-9), "%+v", p)
		require.InDelta(t, want, got, 1e-9, "%+v", p)

		d, err := newBars(p)
		if err != nil {
			return
		}
		stars := new(big.Int).SetUint64(d.(*bars).stars)
		rows := new(big.Float).SetInt(choose(stars.Add(stars, big.NewInt(int64(n)-1)), n-1))
		want, _ = new(big.Float).Quo(count, rows).Float64()
		require.InDelta(t, want, d.(*bars).chance(), 1e-7, "%+v", p)
	})
}

// TestDynamicTable compares the law of the first part with counting.
func TestDynamicTable(t *testing.T) {
	for _, p := range []Params{{50, 3, 8, 250}, {50, 3, 8, 390}, {7, 0, 1000, 900}, {1000, 0, 1, 17}, {100, 1, 80, 4040}} {
		made, err := newDynamic(p)
		require.NoError(t, err)
		d := made.(*dynamic)
		row := d.table[p.N-1]
		total := 0.0
		weights := make([]float64, len(d.power))
		for v := range weights {
			if v <= d.sum {
				weights[v] = d.power[v] * row[d.sum-v]
				total += weights[v]
			}
		}
		for v, weight := range weights {
			value := p.Min + int64(v)
			if d.flip {
				value = p.Max - int64(v)
			}
			want, _ := p.Marginal(value).Float64()
			require.InEpsilon(t, want, weight/total, 1e-11, "%+v %d", p, value)
		}
	}
}

func TestEvery(t *testing.T) {
	for _, p := range []Params{{0, 0, 0, 0}, {1, 3, 8, 5}, {4, 3, 8, 20}, {6, -1, 1, 2}, {3, 5, 5, 15}, {9, 0, 1, 9}} {
		s, err := New(p)
		require.NoError(t, err)
		place := int64(0)
		for parts := range p.Every() {
			rank, err := s.Rank(parts)
			require.NoError(t, err)
			require.Equal(t, place, rank.Int64())
			place++
		}
		require.Equal(t, p.Count().Int64(), place)
	}
	for range (Params{2, 1, 0, 1}).Every() {
		t.Fatal("there is none")
	}
}

func BenchmarkMethods(b *testing.B) {
	for _, p := range []Params{{50, 3, 8, 250}, {1000, 1, 80, 40_000}, {1000, 1, 80, 5000}} {
		for m := range Exchange + 1 {
			s, err := New(p, WithMethod(m))
			if err != nil {
				continue
			}
			b.Run(fmt.Sprintf("split=%d,%d..%d,%d/%v", p.N, p.Min, p.Max, p.Sum, m), func(b *testing.B) {
				src := rand.NewPCG(1, 2)
				var parts []int64
				for b.Loop() {
					parts = s.Append(parts[:0], src)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(p.N), "ns/part")
			})
		}
	}
}
