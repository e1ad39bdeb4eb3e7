package deadlines

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestEveryCell(t *testing.T) { experimenttest.EveryCell(t, Experiment, "/cases:rows") }

func TestSummary(t *testing.T) {
	seen := summary([]time.Duration{3, 0, -1, 2, 9})
	require.Equal(t, real{Waits: 5, Early: 1, Exact: 1, Least: -1, Median: 2, Greatest: 9}, seen)
	require.ErrorIs(t, seen.check(), experiment.ErrRefuted)
	require.NoError(t, summary([]time.Duration{3, 0, 2}).check())
}

// TestCoinsAreNotAlwaysFair holds that one which always comes up the same way is noticed,
// and so is the one that synctest.Wait should have decided.
func TestCoinsAreNotAlwaysFair(t *testing.T) {
	good := coins{Tosses: tosses, Nil: 95, Exceeded: 105, Waited: tosses, Parents: 90, Childs: 110}
	require.NoError(t, good.check())
	for _, change := range []func(*coins){
		func(c *coins) { c.Nil, c.Exceeded = 0, tosses },
		func(c *coins) { c.Parents, c.Childs = tosses, 0 },
		func(c *coins) { c.Waited-- },
		func(c *coins) { c.Nil-- },
	} {
		c := good
		change(&c)
		require.ErrorIs(t, c.check(), experiment.ErrRefuted)
	}
}
