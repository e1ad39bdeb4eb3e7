package judge

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The promise of a pass is computed the other way round here: by the chance to miss.
func TestOneIn(t *testing.T) {
	missed := func(k, runs int) float64 { return math.Pow(1-1/float64(k), float64(runs)) }
	for runs := range 2000 {
		k := OneIn(runs)
		if k == 0 {
			require.Greater(t, missed(2, runs), 0.05, "%d runs", runs)
			continue
		}
		require.LessOrEqual(t, missed(k, runs), 0.05, "%d runs, once in %d", runs, k)
		require.Greater(t, missed(k+1, runs), 0.05, "%d runs, once in %d", runs, k)
		require.InDelta(t, float64(runs)/3, float64(k), 1+float64(runs)/1000, "the rule of thumb: n >= 3/p")
	}
	require.Equal(t, "60/60 clean: a bug that shows once in 20 runs would have been caught with 95 %", clean(60))
	require.Equal(t, "2/2 clean: too few runs to catch a bug that shows now and then", clean(2))
}

func TestSettings(t *testing.T) {
	for _, p := range []Plan{Watch(), Standard(), Verify()} {
		require.NotZero(t, p.Budget)
		require.Equal(t, []setting{{false, 1, 0}, {true, 1, 0}, {false, 2, 0}, {true, 2, 0}, {false, 4, 0}, {true, 4, 0}}, p.Stages[2].settings())
		require.Equal(t, []setting{{true, 2, 0}}, p.Stages[1].settings())
		require.False(t, p.Stages[0].Race, "what is found at once is found without the second binary")
		first := Stage{Race: true, Procs: []int{1}}
		_, ok := first.plainly()
		require.False(t, ok)
		rest, ok := p.Stages[2].plainly()
		require.True(t, ok)
		require.Len(t, rest.settings(), 3)
	}
	require.Equal(t, 3*time.Second, Watch().Budget)
	require.Equal(t, 30*time.Second, Verify().Budget)
}

func TestBudget(t *testing.T) {
	stage := Stage{Runs: 3}
	c := &checker{}
	runs := func(spent func(runs int) time.Duration) (n int) {
		for c.more(stage, n) && n < 1000 {
			n++
			c.res.Spent = spent(n)
		}
		return n
	}
	nothing := func(int) time.Duration { return 0 }
	each := func(n int) time.Duration { return time.Duration(n) * time.Second }
	require.Equal(t, 3, runs(nothing), "without a budget")
	stage.Repeat = true
	require.Equal(t, 3, runs(nothing), "without a budget nothing would end what repeats")
	require.Equal(t, 3, c.planned(stage))
	c.plan.Budget = 10 * time.Second
	require.Equal(t, 10, runs(each))
	require.Zero(t, c.planned(stage), "the budget decides")
	stage.Repeat = false
	require.Equal(t, 3, runs(each))
	c.plan.Budget = 2 * time.Second
	require.Equal(t, 2, runs(each), "planned or not")
	c.res.Spent = time.Hour
	require.True(t, c.more(stage, 0), "every stage has one")
}
