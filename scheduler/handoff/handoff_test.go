package handoff

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestCallOf reads the door by which a goroutine left its call. The calls of others, and
// calls that kept their P, are not taken for it.
func TestCallOf(t *testing.T) {
	fast := []string{"1ms observed G7 Running->Syscall on=P0", "2ms observed G7 Syscall->Running on=P0"}
	with := []string{"3ms observed G1 Running->Syscall on=P0", "4ms observed G1 Syscall->Runnable on=P0", "5ms observed G1 Runnable->Running on=P0"}
	without := []string{"3ms observed G1 Running->Syscall on=P0", "4ms observed G2 Waiting->Runnable", "4ms observed G1 Syscall->Runnable", "5ms observed G1 Runnable->Running on=P0"}

	left, story, err := callOf(events(t, append(fast, with...)))
	require.NoError(t, err)
	require.Equal(t, "P0", left)
	require.Len(t, story, 3)

	left, story, err = callOf(events(t, append(fast, without...)))
	require.NoError(t, err)
	require.Empty(t, left)
	require.Len(t, story, 3, "the other goroutine is not in the story")

	_, _, err = callOf(events(t, fast))
	require.ErrorIs(t, err, experiment.ErrUnmet)
	_, _, err = callOf(events(t, with[:1]))
	require.ErrorIs(t, err, experiment.ErrUnmet)
}

func events(t *testing.T, lines []string) []timeline.Event {
	t.Helper()
	var all []timeline.Event
	for _, line := range lines {
		e, err := timeline.Parse(line)
		require.NoError(t, err)
		all = append(all, e)
	}
	return all
}

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// BenchmarkCall is the cost of one byte through a pipe by fast calls, and of one that
// has to wait for the P to be handed off. The latter is only of interest with -cpu 1.
func BenchmarkCall(b *testing.B) {
	p, err := newPipe()
	require.NoError(b, err)
	defer p.close()
	b.Run("fast", func(b *testing.B) {
		for b.Loop() {
			p.write()
			p.read()
		}
	})
	b.Run("blocking", func(b *testing.B) {
		for b.Loop() {
			p.blocking()
		}
	})
}
