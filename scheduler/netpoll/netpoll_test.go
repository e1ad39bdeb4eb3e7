package netpoll

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestWaitersEnd holds that each sort of waiter is counted while it waits, and gone
// when it is told to end: goleak looks after us.
func TestWaitersEnd(t *testing.T) {
	h, end := receivers(10)
	require.NoError(t, h.full(t.Context()))
	end()

	l, err := connect(3)
	require.NoError(t, err)
	require.NoError(t, l.readers().full(t.Context()))
	l.close()

	h, release, err := callers(3)
	require.NoError(t, err)
	require.NoError(t, h.full(t.Context()))
	release()
}

// TestMost is the largest crowd that the knobs allow. In a program with cgo a thread
// has a stack of 8 MiB, which counts against the limits of a child.
func TestMost(t *testing.T) {
	if child.RaceEnabled {
		t.Skip("the race detector needs more memory than a child may have")
	}
	most := make(map[string]int64)
	for _, k := range Experiment.Knobs {
		most[k.Name] = k.Max
	}
	res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: most})
	require.NoError(t, err)
	if Experiment.Needs.Met() != nil {
		t.Skip(res.Reason)
	}
	require.Equal(t, experiment.Supported, res.Verdict, res.Reason)
}

// TestNobodyComes: a hall that stays empty does not hang who waits for it.
func TestNobodyComes(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	closed := errors.New("closed")
	cancel(closed)
	require.ErrorIs(t, room(parked, 1_000_000).full(ctx), closed)
}

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// BenchmarkWait is the cost of one waiter, from its start to its end, by sort.
func BenchmarkWait(b *testing.B) {
	const n = 100
	perWaiter := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/waiter")
	}
	b.Run("channel", func(b *testing.B) {
		for b.Loop() {
			h, end := receivers(n)
			require.NoError(b, h.full(b.Context()))
			end()
		}
		perWaiter(b)
	})
	b.Run("call", func(b *testing.B) {
		for b.Loop() {
			h, release, err := callers(n)
			require.NoError(b, err)
			require.NoError(b, h.full(b.Context()))
			release()
		}
		perWaiter(b)
	})
}
