package recipe

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/redpacket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var notes = redpacket.Params{N: 50, Min: 3, Max: 8, Sum: 250}

// TestAmounts holds that a recipe is a split, each time the same.
func TestAmounts(t *testing.T) {
	seed := Seed{1, 2, 3}
	r, err := Wish{Params: notes, Seed: &seed}.New()
	require.NoError(t, err)
	require.Equal(t, seed, r.Seed)
	want, err := redpacket.Split(notes, rand.NewChaCha8(seed))
	require.NoError(t, err)
	for range 2 {
		amounts, err := r.Amounts()
		require.NoError(t, err)
		require.Equal(t, want, amounts)
	}
	none, err := Wish{}.New()
	require.NoError(t, err)
	amounts, err := none.Amounts()
	require.NoError(t, err)
	require.Empty(t, amounts)
}

// TestSecret holds that who wishes for no seed gets one that nobody else has.
func TestSecret(t *testing.T) {
	a, err := Wish{Params: notes}.New()
	require.NoError(t, err)
	b, err := Wish{Params: notes}.New()
	require.NoError(t, err)
	require.NotEqual(t, a.Seed, b.Seed)
	require.NotEqual(t, Seed{}, a.Seed)
}

// TestDigest holds that the checksum is of each amount, of their order and of their number, and
// the same in all versions: it is stored.
func TestDigest(t *testing.T) {
	require.Zero(t, digest(nil))
	require.EqualValues(t, 0x8c28b28a, digest([]int64{0}))
	seen := make(map[uint32][]int64)
	for _, amounts := range [][]int64{nil, {0}, {0, 0}, {1}, {-1}, {1 << 62}, {1, 2}, {2, 1}} {
		sum := digest(amounts)
		require.NotContains(t, seen, sum, "%v", amounts)
		seen[sum] = amounts
	}
}

// TestDrifted holds that amounts which are not the old ones are noticed, whatever has changed.
func TestDrifted(t *testing.T) {
	r, err := Wish{Params: notes}.New()
	require.NoError(t, err)
	for _, change := range []func(*Recipe){
		func(r *Recipe) { r.Digest++ },
		func(r *Recipe) { r.Seed[31]++ },
		func(r *Recipe) { r.Params.Sum-- },
		func(r *Recipe) { r.Method = redpacket.Walk },
	} {
		changed := r
		change(&changed)
		amounts, err := changed.Amounts()
		require.ErrorIs(t, err, ErrDrifted)
		require.Nil(t, amounts)
	}
}

func TestDiffers(t *testing.T) {
	r, err := Wish{Params: notes}.New()
	require.NoError(t, err)
	other := notes
	other.Max++
	for want, w := range map[string]Wish{
		"it splits 250 into 50 parts of 3..8, and not 250 into 50 of 3..9": {Params: other},
		"it is split by uniform, and not by walk":                          {Params: notes, Method: redpacket.Walk},

		"it has another seed": {Params: notes, Seed: &Seed{1}},
	} {
		require.EqualError(t, r.Differs(w), want)
	}
	require.NoError(t, r.Differs(Wish{Params: notes}))
	require.NoError(t, r.Differs(Wish{Params: notes, Seed: &r.Seed}))
}

func TestInfeasible(t *testing.T) {
	_, err := Wish{Params: redpacket.Params{N: 1, Min: 2, Max: 1}}.New()
	require.ErrorIs(t, err, redpacket.ErrInfeasible)
	_, err = Recipe{Params: notes, Method: 99}.Amounts()
	require.ErrorContains(t, err, "99")
}

// BenchmarkAmounts is what it takes to open an envelope, beside reading it.
func BenchmarkAmounts(b *testing.B) {
	const n = 100_000
	r, err := Wish{Params: redpacket.Params{N: n, Min: 1, Max: 80, Sum: 40 * n}}.New()
	require.NoError(b, err)
	for b.Loop() {
		_, err := r.Amounts()
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/amount")
}
