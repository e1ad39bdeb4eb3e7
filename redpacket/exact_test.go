package redpacket

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/child"
)

// chiTail returns the probability that chi-square with df degrees of freedom is x or more, by
// Wilson and Hilferty.
func chiTail(x float64, df int) float64 {
	d := float64(df)
	z := (math.Cbrt(x/d) - (1 - 2/(9*d))) / math.Sqrt(2/(9*d))
	return math.Erfc(z/math.Sqrt2) / 2
}

// falseAlarm is how often each statistical test of this package fails by chance, on either side:
// there are about two hundred of them.
const falseAlarm = 1e-9

// requireUniform draws, and holds that every one of the splits of p is equally likely.
func requireUniform(t *testing.T, p Params, draws int, draw func() []int64) {
	all := int(p.Count().Int64())
	seen := make(map[string]int)
	for range draws {
		seen[fmt.Sprint(draw())]++
	}
	require.LessOrEqual(t, len(seen), all)
	want := float64(draws) / float64(all)
	chi := want * float64(all-len(seen))
	for _, n := range seen {
		chi += (float64(n) - want) * (float64(n) - want) / want
	}
	if all == 1 {
		return
	}
	tail := chiTail(chi, all-1)
	t.Logf("%d splits, %d draws: chi-square %.1f, p = %.3g", all, draws, chi, tail)
	require.Greater(t, tail, falseAlarm)
	require.Less(t, tail, 1-falseAlarm)
}

// usual and forced are how the splits are drawn: as always, and so that what is rare happens all
// the time. Blocks of groups end in the tail, so only without groups can it be left out; with
// them, it is made short.
func usual(*uniformly) {}

func forced(u *uniformly) {
	u.doubt, u.spare = 2, 0x1p-6
	if u.tail = makeCounts(u.w, 1<<16); groupOf(u.w) == 1 {
		u.tail = &counts{parts: 2}
	}
	u.setLevels()
}

func TestUniformOverAllSplits(t *testing.T) {
	for _, p := range []Params{
		{4, 3, 8, 20},
		{5, 3, 8, 25},
		{5, 0, 9, 7},
		{5, 0, 9, 38},
		{3, 0, 20, 25},
		{3, 0, 40, 13},
		{12, 0, 1, 3},
		{30, 0, 1, 2},
		{9, -1, 1, 0},
		{6, 0, 3, 4},
		{7, 0, 17, 3},
		{4, 0, 19, 12},
		{8, -10, 10, -77},
		{8, -10, 10, 77},
		{26, 0, 30, 2},
		{26, 0, 1500, 2},
		{90, 0, 16, 1},
	} {
		for name, set := range map[string]func(*uniformly){"usual": usual, "forced": forced} {
			t.Run(fmt.Sprint(p, name), func(t *testing.T) {
				if name == "forced" && child.RaceEnabled {
					return // the same in thirty seconds
				}
				u := newUniformly(p)
				set(u)
				s := &Splitter{params: p, drawer: u}
				src := rand.NewPCG(uint64(p.Sum), uint64(p.N))
				draws := 8 * int(p.Count().Int64())
				requireUniform(t, p, draws, func() []int64 { return s.Append(nil, src) })
			})
		}
	}
}
