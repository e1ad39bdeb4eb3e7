package afterfunc

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestEveryCaseCounts holds that the check looks at each case, and finds each by its name.
func TestEveryCaseCounts(t *testing.T) {
	names := make(map[string]bool)
	for i, row := range expected().Rows {
		require.False(t, names[row[0]], row[0])
		names[row[0]] = true
		seen := expected()
		require.NoError(t, seen.Equals(expected(), 1))
		seen.Rows[i][1] = "something else"
		require.ErrorIs(t, seen.Equals(expected(), 1), experiment.ErrRefuted)
	}
}

// TestTally holds that an f which runs although it was stopped would be noticed.
func TestTally(t *testing.T) {
	ran := make(chan struct{}, 1)
	var seen raced
	seen.tally(true, ran)
	require.NoError(t, seen.check())
	ran <- struct{}{}
	seen.tally(false, ran)
	require.NoError(t, seen.check())
	require.Equal(t, raced{Races: 2, Ran: 1, Stopped: 1}, seen)
	ran <- struct{}{}
	seen.tally(true, ran)
	require.ErrorIs(t, seen.check(), experiment.ErrRefuted)
}
