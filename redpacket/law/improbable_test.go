package law

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestImprobable(t *testing.T) {
	for _, c := range []struct {
		share, p float64
		n        int64
		want     bool
	}{
		{0.5, 0.5, 1 << 40, false},
		{0.51, 0.5, 10_000, false},  // 2 standard deviations
		{0.53, 0.5, 10_000, false},  // 6
		{0.535, 0.5, 10_000, true},  // 7
		{0.465, 0.5, 10_000, true},  // and on the other side
		{0, 0, 1000, false},         //
		{1, 1, 1000, false},         //
		{0.01, 0, 1000, true},       // what cannot happen happened
		{0.99, 1, 1000, true},       // what must happen did not
		{1, 1 - 1e-15, 1000, false}, // rounding
		{0, 0.019, 1000, false},     // 5.6e-9
		{0, 0.022, 1000, true},      // 2.2e-10
	} {
		require.Equal(t, c.want, Improbable(c.share, c.p, c.n), "%+v", c)
	}
}

func TestDivergence(t *testing.T) {
	require.Zero(t, divergence(0.3, 0.3))
	require.Zero(t, divergence(0, 0))
	require.Zero(t, divergence(1, 1))
	require.True(t, math.IsInf(divergence(0.1, 0), 1))
	require.True(t, math.IsInf(divergence(0.9, 1), 1))
	require.InDelta(t, math.Log(2), divergence(1, 0.5), 1e-12)
}
