//go:build amd64 || arm64

package redpacket

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"runtime/metrics"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/child"
)

const (
	lowest, highest = math.MinInt64, math.MaxInt64

	// drawn is up to how many parts a split is drawn; of more, its beginning is.
	drawn = 1 << 12
)

// hostile yields Params that somebody would choose who wants to see this package hang, overflow
// or eat the memory: all edges together, and the sums that are just possible and just not.
func hostile(yield func(Params) bool) {
	values := []int64{lowest, lowest + 1, -1, 0, 1, 1 << 32, highest}
	for _, n := range []int{
		lowest, -1, 0, 1, 2, 3, 50, drawn,
		1 << 31, 1<<32 + 1, 1 << 48, 1<<48 + 1, highest - 1, highest,
	} {
		for _, low := range values {
			for _, high := range values {
				p := Params{N: n, Min: low, Max: high}
				sums := []int64{lowest, -1, 0, 1, highest}
				least, most := p.Sums()
				for d := int64(-1); d <= 1; d++ {
					for _, edge := range []*big.Int{least, most} {
						if sum := new(big.Int).Add(edge, big.NewInt(d)); sum.IsInt64() {
							sums = append(sums, sum.Int64())
						}
					}
				}
				slices.Sort(sums)
				for _, p.Sum = range slices.Compact(sums) {
					if !yield(p) {
						return
					}
				}
			}
		}
	}
}

// reason returns why there is no split, or "" if there is one, by numbers that cannot overflow.
func reason(p Params) string {
	least, most := p.Sums()
	sum := big.NewInt(p.Sum)
	switch {
	case p.N < 0:
		return "there cannot be fewer parts than none"
	case p.Min > p.Max:
		return "the smallest part is larger than the largest"
	case p.N == 0 && p.Sum != 0:
		return "without parts nobody gets anything, and the sum must be 0"
	case sum.Cmp(least) < 0:
		return fmt.Sprintf("the sum is too small: every part is at least %d", p.Min)
	case sum.Cmp(most) > 0:
		return fmt.Sprintf("the sum is too large: every part is at most %d", p.Max)
	}
	return ""
}

// allocated returns how many bytes were ever allocated, give or take some hundred thousand.
func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// frugally holds that f allocates at most so many bytes, and does not take long. The
// limit is generous: it is there for what does not end.
func frugally(t *testing.T, what string, bytes uint64, f func()) {
	before, start := allocated(), time.Now()
	watch := time.AfterFunc(time.Minute, func() { panic("it does not end: " + what) })
	f()
	watch.Stop()
	took, used := time.Since(start), allocated()-before
	require.LessOrEqual(t, used, bytes, "%s: bytes", what)
	if took > 2*time.Second {
		t.Logf("%s: %v, %d bytes", what, took, used)
	}
}

// TestHostile holds that all of it is refused with the reason, or done: at once, in bounds, with
// the sum that was asked for, and with no more memory than the parts need and a megabyte or
// few. Of parts that nobody has the memory for, the first ones are drawn.
func TestHostile(t *testing.T) {
	feasible, refused, i := 0, 0, 0
	for p := range hostile {
		if i++; child.RaceEnabled && i%40 != 0 {
			continue
		}
		name := fmt.Sprint(p)
		if why := reason(p); why != "" {
			refused++
			requireRefused(t, p, why)
			continue
		}
		feasible++
		frugally(t, name+" validate", 4<<20, func() { require.NoError(t, p.Validate(), name) })
		// With more parts than this every coin takes long numbers.
		samples := p.N < 1<<40 || i%8 == 0
		if samples && p.N > 0 {
			frugally(t, name+" next", roomFor(p), func() { requireNext(t, p) })
		}
		for m := range methods {
			switch {
			case m == Uniform && !samples:
				continue
			case m != Uniform && i%7 != int(m)%7:
				continue
			case (m == Enumerate || m == Dynamic) && p.N > 1 && p.N < 1<<20 && i%16 != 0:
				continue // they fill hundreds of megabytes before they find them too few
			}
			hostileMethod(t, m, p)
		}
		if rest := p.closedLexicon().rest; rest.less(u128{0, 3}) {
			frugally(t, name+" count", 4<<20, func() { requireCount(t, p, int64(rest.lo)) })
		}
		if p.N <= 3 || p.N == 50 && i%8 == 0 {
			frugally(t, name+" rank", 1<<30, func() { requireRank(t, p) })
		}
	}
	t.Logf("%d are feasible, %d are not", feasible, refused)
	require.NotZero(t, feasible)
	require.NotZero(t, refused)
}

func requireRefused(t *testing.T, p Params, why string) {
	check := func(err error) {
		t.Helper()
		var bad *ParamError
		require.ErrorIs(t, err, ErrInfeasible, "%v", p)
		require.ErrorAs(t, err, &bad)
		require.Equal(t, &ParamError{p, why}, bad)
	}
	frugally(t, fmt.Sprint(p), 4<<20, func() {
		check(p.Validate())
		for m := range methods {
			_, err := New(p, WithMethod(m))
			check(err)
		}
		_, err := Split(p, nil)
		check(err)
		_, err = Next(nil, p)
		check(err)
		require.Zero(t, p.Count().Sign())
		require.Zero(t, p.Marginal(p.Min).Sign())
		for range p.Every() {
			require.Fail(t, "there is no split", "%v", p)
		}
	})
}

// roomFor returns how many bytes Uniform and Next may go through for p. With so many parts that no
// float64 decides about a coin it takes long numbers, one after the other.
func roomFor(p Params) uint64 {
	if p.N > 1<<31 {
		return 1 << 30
	}
	return 4 << 20
}

func requireNext(t *testing.T, p Params) {
	v, err := Next(rand.NewPCG(1, 2), p)
	if err != nil {
		require.ErrorContains(t, err, "too many")
		require.NotErrorIs(t, err, ErrInfeasible)
		require.Greater(t, uint64(p.N), uint64(mostParts))
		return
	}
	least, most := p.Values()
	require.True(t, least <= v && v <= most, "%v: %d", p, v)
}

func hostileMethod(t *testing.T, m Method, p Params) {
	name := fmt.Sprint(p, m)
	room := roomFor(p)
	switch m { // which say so
	case Enumerate:
		room += 8 * mostListed
	case Dynamic:
		room += 9 * mostTable
	}
	var s *Splitter
	frugally(t, name+" new", room, func() {
		var err error
		if s, err = New(p, WithMethod(m)); err != nil {
			require.NotErrorIs(t, err, ErrInfeasible, "%v %v", p, m)
			s = nil
		}
	})
	if s == nil {
		return
	}
	words := 200*float64(min(p.N, drawn)) + 100_000
	if w := expects(s.drawer); m != Uniform {
		if p.N <= drawn && w > 1<<16 {
			return // it may take that long
		}
		words = max(words, 40*min(w, 1<<16))
	}
	src := &impatient{rand.NewPCG(1, 2), words}
	if p.N <= drawn {
		frugally(t, name+" append", room+64*uint64(p.N), func() { requireSplit(t, m, p, s.Append(nil, src)) })
		return
	}
	frugally(t, name+" all", room, func() {
		n := 0
		for v := range s.All(src) {
			if v < p.Min || v > p.Max {
				require.Fail(t, "out of bounds", "%s: %d", name, v)
			}
			if n++; n == 100 {
				break
			}
		}
	})
}

// requireCount holds that a sum which one or two steps lead to from an edge has as many splits as
// there are ways to choose who takes them.
func requireCount(t *testing.T, p Params, steps int64) {
	n := big.NewInt(int64(p.N))
	want := big.NewInt(1)
	switch steps {
	case 1:
		want = n
	case 2:
		want.Mul(n, new(big.Int).Add(n, big.NewInt(1)))
		want.Rsh(want, 1)
		if p.width() == 1 {
			want.Sub(want, n) // nobody can take both
		}
	}
	require.Equal(t, want.String(), p.Count().String(), "%v", p)
	if p.N > 0 {
		least, most := p.Values()
		sum := new(big.Rat)
		for v := least; ; v++ {
			if sum.Add(sum, p.Marginal(v)); v == most {
				break
			}
		}
		require.Equal(t, "1", sum.RatString(), "%v", p)
	}
}

// requireRank holds that the first split is the first one and the last one the last.
func requireRank(t *testing.T, p Params) {
	s, err := New(p)
	require.NoError(t, err)
	first := make([]int64, p.N)
	smallest(first, p, p.excess())
	rank, err := s.Rank(first)
	require.NoError(t, err)
	require.Zero(t, rank.Sign(), "%v", p)
	_, err = s.Rank(append(first, 0))
	require.Error(t, err)
	_, err = s.Unrank(p.Count())
	require.ErrorContains(t, err, "there is no split")
	if p.N <= 3 {
		last := p.Count()
		parts, err := s.Unrank(last.Sub(last, big.NewInt(1)))
		require.NoError(t, err)
		requireSplit(t, Uniform, p, parts)
		require.False(t, following(parts, p), "%v", p)
	}
}
