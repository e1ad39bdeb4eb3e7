package grab_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
	"lab.example/gopark/redpacket/grab/grabtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestContract(t *testing.T) {
	grabtest.Contract(t, func(p redpacket.Params) (grab.Envelope, func(), error) {
		e, err := grab.New(p)
		return e, func() {}, err
	})
}

var packet = redpacket.Params{N: 50, Min: 3, Max: 8, Sum: 250}

// TestSplit holds that an envelope is the split of its source, in its order.
func TestSplit(t *testing.T) {
	want, err := redpacket.Split(packet, rand.NewPCG(1, 2))
	require.NoError(t, err)
	e, err := grab.New(packet, grab.WithSource(rand.NewPCG(1, 2)), grab.WithMethod(redpacket.Uniform))
	require.NoError(t, err)
	for i, amount := range want {
		g, err := e.Grab(t.Context(), string(rune('a'+i)))
		require.NoError(t, err)
		require.Equal(t, grab.Grant{Index: i, Amount: amount}, g)
	}

	other, err := grab.New(packet)
	require.NoError(t, err)
	for i := range packet.N {
		_, err := other.Grab(t.Context(), fmt.Sprint(i))
		require.NoError(t, err)
	}
	require.NotEqual(t, e.Grants(), other.Grants(), "a secret split is another one, but for once in 10^30")
}

func TestWhatCannotBeSplit(t *testing.T) {
	_, err := grab.New(redpacket.Params{N: 2, Min: 1, Max: 2, Sum: 5})
	require.ErrorIs(t, err, redpacket.ErrInfeasible)
	require.ErrorContains(t, err, "make an envelope: ")
	_, err = grab.New(packet, grab.WithMethod(99))
	require.ErrorContains(t, err, "99")
}

func TestPile(t *testing.T) {
	p := grab.PileOf([]int64{7, -1, 7})
	require.Equal(t, 3, p.Left())
	for i, amount := range []int64{7, -1, 7} {
		g, err := p.Take()
		require.NoError(t, err)
		require.Equal(t, grab.Grant{Index: i, Amount: amount}, g)
		require.Equal(t, 2-i, p.Left())
		require.Len(t, p.Grants(), i+1)
	}
	for range 3 {
		_, err := p.Take()
		require.ErrorIs(t, err, grab.ErrSoldOut)
		require.Zero(t, p.Left())
		require.Len(t, p.Grants(), 3)
	}
}

// TestBegunPile holds that an envelope gives what is left of a pile.
func TestBegunPile(t *testing.T) {
	p := grab.PileOf([]int64{1, 2, 3})
	_, err := p.Take()
	require.NoError(t, err)
	e := grab.Of(p)
	g, err := e.Grab(t.Context(), "late")
	require.NoError(t, err)
	require.Equal(t, grab.Grant{Index: 1, Amount: 2}, g)
	require.Equal(t, 1, e.Left())
}

// TestNilContext holds that a misuse leaves no lock behind.
func TestNilContext(t *testing.T) {
	e, err := grab.New(packet)
	require.NoError(t, err)
	var none context.Context
	require.Panics(t, func() { _, _ = e.Grab(none, "a") })
	_, err = e.Grab(t.Context(), "a")
	require.NoError(t, err)
}

// TestGrabAllocatesNothing holds that a grab leaves nothing for the garbage collector.
func TestGrabAllocatesNothing(t *testing.T) {
	p := redpacket.Params{N: 4096, Min: 1, Max: 9, Sum: 4096 * 5}
	e, err := grab.New(p)
	require.NoError(t, err)
	names := make([]string, 200)
	for i := range names {
		names[i] = fmt.Sprint(i)
	}
	i := 0
	require.Zero(t, testing.AllocsPerRun(len(names)-1, func() {
		_, _ = e.Grab(t.Context(), names[i])
		i++
	}))
	require.Equal(t, p.N-len(names), e.Left())
}
