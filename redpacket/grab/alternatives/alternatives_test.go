package alternatives_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
	"lab.example/gopark/redpacket/grab/alternatives"
	"lab.example/gopark/redpacket/grab/grabtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestContract holds that all of them are envelopes.
func TestContract(t *testing.T) {
	for _, w := range alternatives.Ways() {
		t.Run(w.Name, func(t *testing.T) {
			grabtest.Contract(t, func(p redpacket.Params) (grab.Envelope, func(), error) {
				e, err := w.New(p, nil)
				if err != nil {
					return nil, nil, err
				}
				return e, e.Close, nil
			})
		})
	}
}

// emptied returns the amounts of an envelope by index.
func emptied(t *testing.T, e grab.Envelope) (amounts []int64) {
	t.Helper()
	for i := range e.Left() {
		_, err := e.Grab(t.Context(), fmt.Sprint(i))
		require.NoError(t, err)
	}
	for _, g := range e.Grants() {
		amounts = append(amounts, g.Amount)
	}
	return amounts
}

// TestSource holds that the words of a source say what is in the envelope: to those who split in
// advance, the same.
func TestSource(t *testing.T) {
	p := redpacket.Params{N: 200, Min: 1, Max: 80, Sum: 8000}
	split, err := redpacket.Split(p, rand.NewPCG(1, 2))
	require.NoError(t, err)
	for _, w := range alternatives.Ways() {
		var amounts [2][]int64
		for i := range amounts {
			e, err := w.New(p, rand.NewPCG(1, 2))
			require.NoError(t, err)
			amounts[i] = emptied(t, e)
			e.Close()
		}
		require.Equal(t, amounts[0], amounts[1], w.Name)
		require.Equal(t, w.Name != "lazy", slices.Equal(split, amounts[0]), w.Name)
	}
}

// TestBounds holds that nothing is given beyond the bounds, nor the sum missed, where that is
// most easily done.
func TestBounds(t *testing.T) {
	for _, p := range []redpacket.Params{
		{N: 40, Min: 1, Max: 80, Sum: 40},
		{N: 40, Min: 1, Max: 80, Sum: 41},
		{N: 40, Min: 1, Max: 80, Sum: 3199},
		{N: 40, Min: 1, Max: 80, Sum: 3200},
		{N: 7, Min: -5, Max: 5, Sum: 0},
		{N: 2, Min: math.MinInt64 / 2, Max: math.MinInt64/2 + 9, Sum: math.MinInt64 + 9},
		{N: 1, Min: math.MaxInt64 - 1, Max: math.MaxInt64, Sum: math.MaxInt64},
	} {
		for _, w := range alternatives.Ways() {
			e, err := w.New(p, nil)
			require.NoError(t, err, "%s: %+v", w.Name, p)
			sum := int64(0)
			for _, amount := range emptied(t, e) {
				require.GreaterOrEqual(t, amount, p.Min, "%s: %+v", w.Name, p)
				require.LessOrEqual(t, amount, p.Max, "%s: %+v", w.Name, p)
				sum += amount
			}
			require.Equal(t, p.Sum, sum, "%s: %+v", w.Name, p)
			e.Close()
		}
	}
}

// TestWhatCannotBeMade holds that all of them say so at once.
func TestWhatCannotBeMade(t *testing.T) {
	for _, w := range alternatives.Ways() {
		_, err := w.New(redpacket.Params{N: 2, Min: 1, Max: 2, Sum: 5}, nil)
		require.ErrorIs(t, err, redpacket.ErrInfeasible, w.Name)
	}
	lazy := way(t, "lazy")
	for _, p := range []redpacket.Params{
		{N: 2, Min: 0, Max: 1 << 40, Sum: 1 << 40},
		{N: 1 << 24, Min: 0, Max: 1, Sum: 1},
		{N: 3, Min: math.MinInt64, Max: math.MaxInt64, Sum: 0},
	} {
		_, err := lazy.New(p, nil)
		require.ErrorContains(t, err, "do not fit into a word", "%+v", p)
	}
}

func way(t *testing.T, name string) alternatives.Way {
	t.Helper()
	for _, w := range alternatives.Ways() {
		if w.Name == name {
			return w
		}
	}
	require.Fail(t, "there is no way "+name)
	return alternatives.Way{}
}

// TestClosed holds that an envelope that was closed gives nothing, and keeps nobody waiting.
func TestClosed(t *testing.T) {
	e, err := way(t, "owner").New(redpacket.Params{N: 2, Min: 1, Max: 2, Sum: 3}, nil)
	require.NoError(t, err)
	e.Close()
	e.Close()
	_, err = e.Grab(t.Context(), "late")
	require.EqualError(t, err, "grab: the envelope is closed")
	require.Equal(t, 2, e.Left())
}
