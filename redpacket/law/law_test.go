package law

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/redpacket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var biased = []redpacket.Method{
	redpacket.Walk, redpacket.Leash, redpacket.Window, redpacket.DoubleAverage, redpacket.Symmetric, redpacket.Exchange,
}

// The distances were computed before, by another program that shares nothing with this one.
func TestDistances(t *testing.T) {
	const none = -1
	for _, c := range []struct {
		redpacket.Params
		splits                                         int
		walk, leash, window, average, symmetric, wrong float64
	}{
		{redpacket.Params{N: 4, Min: 3, Max: 8, Sum: 20}, 125, .273, .212, .198, .212, none, .177},
		{redpacket.Params{N: 5, Min: 3, Max: 8, Sum: 25}, 651, .349, .308, .259, .288, none, .186},
		{redpacket.Params{N: 6, Min: 3, Max: 8, Sum: 30}, 3431, .422, .397, .310, .361, .361, .190},
		{redpacket.Params{N: 6, Min: 0, Max: 5, Sum: 6}, 456, .894, .503, .593, .508, none, .892},
		{redpacket.Params{N: 6, Min: 0, Max: 9, Sum: 9}, 2002, 1, .545, .672, .520, .520, 1}, // the walk loses 3
		{redpacket.Params{N: 10, Min: 0, Max: 2, Sum: 10}, 8953, .626, .626, .309, .430, .429, 0},
		{redpacket.Params{N: 6, Min: 3, Max: 8, Sum: 18}, 1, .9999, 0, 0, 0, 0, .9999},
	} {
		for i, want := range []float64{c.walk, c.leash, c.window, c.average, c.symmetric} {
			l, err := Of(biased[i], c.Params)
			require.NoError(t, err)
			require.Equal(t, c.splits, l.Splits)
			if want != none {
				require.InDelta(t, want, l.Distance, 0.00051, "%v %+v", biased[i], c.Params)
			}
			if biased[i] == redpacket.Walk {
				require.InDelta(t, c.wrong, l.Invalid, 0.00051, "%+v", c.Params)
			} else {
				require.Zero(t, l.Invalid)
			}
		}
	}
}

func TestExactMethodsHaveNoDistance(t *testing.T) {
	l, err := Of(redpacket.Uniform, redpacket.Params{N: 6, Min: 3, Max: 8, Sum: 30})
	require.NoError(t, err)
	require.Equal(t, l.Splits, l.Reached)
	require.Zero(t, l.Invalid)
	require.InDelta(t, 0, l.Distance, 1e-12)
	require.InDelta(t, 1, l.Likeliest, 1e-9)
	require.InDelta(t, 1, l.Rarest, 1e-9)
}

// Exchange is near, and nearer the more parts there are to exchange: but it does not arrive.
func TestExchangeIsNear(t *testing.T) {
	for _, p := range []redpacket.Params{{N: 4, Min: 3, Max: 8, Sum: 20}, {N: 6, Min: 0, Max: 5, Sum: 6}} {
		l, err := Of(redpacket.Exchange, p)
		require.NoError(t, err)
		require.Equal(t, l.Splits, l.Reached)
		require.Greater(t, l.Distance, 0.001)
		require.Less(t, l.Distance, 0.03)
	}
}

func TestTooLarge(t *testing.T) {
	_, err := Of(redpacket.Leash, redpacket.Params{N: 50, Min: 3, Max: 8, Sum: 250})
	require.ErrorContains(t, err, "follow all splits")
	_, err = Of(redpacket.Leash, redpacket.Params{N: 50, Min: 3, Max: 8, Sum: 2})
	require.ErrorIs(t, err, redpacket.ErrInfeasible)
	_, err = Of(redpacket.Walk, redpacket.Params{N: 5, Min: 0, Max: 1000, Sum: 6})
	require.ErrorContains(t, err, "follow all walks")
	_, err = Places(redpacket.Leash, redpacket.Params{N: 1 << 20, Max: 1})
	require.ErrorContains(t, err, "at most")
	_, err = Places(redpacket.Exchange, redpacket.Params{N: 5, Max: 1})
	require.ErrorContains(t, err, "part by part")
}

var cases = []redpacket.Params{
	{N: 1, Min: 3, Max: 8, Sum: 5},
	{N: 4, Min: 3, Max: 8, Sum: 20},
	{N: 5, Min: 3, Max: 8, Sum: 25},
	{N: 5, Min: -4, Max: 1, Sum: -3},
	{N: 6, Min: 0, Max: 5, Sum: 6},
	{N: 4, Min: 0, Max: 9, Sum: 31},
	{N: 7, Min: 0, Max: 2, Sum: 7},
	{N: 5, Min: 0, Max: 12, Sum: 6}, // nobody comes near Max
	{N: 3, Min: 7, Max: 7, Sum: 21},
}

// TestMethodsFollowTheirLaw draws from the library and compares with the law, over all results
// there are: 54 comparisons, each of which fails by chance once in 5 * 10^8 times.
func TestMethodsFollowTheirLaw(t *testing.T) {
	for _, p := range cases {
		for _, m := range biased {
			s, err := redpacket.New(p, redpacket.WithMethod(m))
			require.NoError(t, err)
			src := rand.NewPCG(uint64(p.Sum), uint64(m))
			var parts []int64
			requireLaw(t, m, p, func() []int64 {
				parts = s.Append(parts[:0], src)
				return parts
			})
		}
	}
}

const falseAlarm = 1e-9

func requireLaw(t *testing.T, m redpacket.Method, p redpacket.Params, draw func() []int64) {
	results, err := Each(m, p)
	require.NoError(t, err)
	chi, df := chiSquare(t, results, draw)
	if df == 0 {
		return
	}
	tail := chiTail(chi, df)
	require.Greater(t, tail, falseAlarm, "%v %+v: chi-square %.1f, %d degrees", m, p, chi, df)
	require.Less(t, tail, 1-falseAlarm, "%v %+v: chi-square %.1f, %d degrees", m, p, chi, df)
}

// chiSquare draws so often that a result that is as likely as the others comes 20 times. Those that
// are rarer are taken together.
func chiSquare(t *testing.T, results func(func([]int64, float64) bool), draw func() []int64) (chi float64, df int) {
	type result struct {
		name        string
		probability float64
	}
	var all []result
	total := 0.0
	for parts, probability := range results {
		all = append(all, result{fmt.Sprint(parts), probability})
		total += probability
	}
	require.InDelta(t, 1, total, 1e-9, "the results are all there are")
	slices.SortFunc(all, func(a, b result) int { return int(math.Copysign(1, a.probability-b.probability)) })

	draws := 20 * len(all)
	seen := make(map[string]int)
	for range draws {
		seen[fmt.Sprint(draw())]++
	}
	var want, got float64
	known := 0
	for i, r := range all {
		want += float64(draws) * r.probability
		got += float64(seen[r.name])
		known += seen[r.name]
		if want >= 10 || i == len(all)-1 {
			chi += (got - want) * (got - want) / want
			df++
			want, got = 0, 0
		}
	}
	require.Equal(t, draws, known, "something was drawn that cannot come out")
	return chi, df - 1
}

// chiTail returns the probability that chi-square with df degrees of freedom is x or more, by
// Wilson and Hilferty.
func chiTail(x float64, df int) float64 {
	d := float64(df)
	z := (math.Cbrt(x/d) - (1 - 2/(9*d))) / math.Sqrt(2/(9*d))
	return math.Erfc(z/math.Sqrt2) / 2
}

// The comparison tells the methods apart.
func TestLawsAreToldApart(t *testing.T) {
	p := redpacket.Params{N: 5, Min: 3, Max: 8, Sum: 26}
	s, err := redpacket.New(p, redpacket.WithMethod(redpacket.Window))
	require.NoError(t, err)
	results, err := Each(redpacket.Uniform, p)
	require.NoError(t, err)
	src := rand.NewPCG(1, 2)
	chi, df := chiSquare(t, results, func() []int64 { return s.Append(nil, src) })
	require.Less(t, chiTail(chi, df), falseAlarm)
}
