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

func TestEveryCell(t *testing.T) { experimenttest.EveryCell(t, Experiment, "/cases:rows") }

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
