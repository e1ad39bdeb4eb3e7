package redpacket

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m) }

func TestValidate(t *testing.T) {
	const lowest, highest = math.MinInt64, math.MaxInt64
	for _, c := range []struct {
		Params
		want string // part of the error; "" if a split exists
	}{
		{Params{50, 3, 8, 250}, ""},
		{Params{50, 3, 8, 150}, ""},
		{Params{50, 3, 8, 400}, ""},
		{Params{50, 3, 8, 149}, "split 149 into 50 parts of 3..8: the sum is too small: every part is at least 3"},
		{Params{50, 3, 8, 401}, "too large"},
		{Params{0, 0, 0, 0}, ""},
		{Params{0, 3, 8, 0}, ""},
		{Params{0, 0, 9, 1}, "nobody gets anything"},
		{Params{-1, 0, 0, 0}, "fewer parts than none"},
		{Params{1, 2, 1, 1}, "smallest part is larger"},
		{Params{2, -5, 5, -10}, ""},
		{Params{2, -5, 5, -11}, "too small"},
		{Params{math.MaxInt, lowest, highest, 0}, ""},
		{Params{math.MaxInt, 1, highest, highest}, ""},
		{Params{math.MaxInt, 2, highest, highest}, "too small"},
		{Params{math.MaxInt, lowest, -2, lowest}, "too large"},
		{Params{3, highest, highest, highest}, "too small"},
		{Params{3, lowest, lowest, lowest}, "too large"},
	} {
		err := c.Validate()
		if c.want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, ErrInfeasible)
		require.ErrorContains(t, err, c.want)
	}
}

func TestValidateAgreesWithBigIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Params{
			N:   rapid.OneOf(rapid.IntRange(0, 5), rapid.IntMin(0)).Draw(t, "n"),
			Min: rapid.Int64().Draw(t, "min"), Max: rapid.Int64().Draw(t, "max"),
			Sum: rapid.Int64().Draw(t, "sum"),
		}
		n, sum := big.NewInt(int64(p.N)), big.NewInt(p.Sum)
		low := new(big.Int).Mul(n, big.NewInt(p.Min))
		high := new(big.Int).Mul(n, big.NewInt(p.Max))
		exists := p.Min <= p.Max && low.Cmp(sum) <= 0 && sum.Cmp(high) <= 0
		require.Equal(t, exists, p.Validate() == nil, "%+v", p)
	})
}
