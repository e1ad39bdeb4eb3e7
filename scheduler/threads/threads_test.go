package threads

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestMost is the largest crowd that the knobs allow. In a program with cgo a thread
// has a stack of 8 MiB, which counts against the limits of a child.
func TestMost(t *testing.T) {
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

// TestCrowd holds that the crowd is there when it is looked at, and gone afterwards.
func TestCrowd(t *testing.T) {
	const n = 5
	var during int
	require.NoError(t, crowd(t.Context(), n, func() { during = calling() }))
	require.GreaterOrEqual(t, during, n)

	ctx, cancel := context.WithCancelCause(t.Context())
	closed := errors.New("closed")
	cancel(closed)
	require.ErrorIs(t, crowd(ctx, n, func() {}), closed)
}

// TestComputeCountsCores is the control of the figure that must not exceed one core: it
// counts what was used, so with nobody computing it is about none, and never more than
// the Ps and what the runtime needs.
func TestComputeCountsCores(t *testing.T) {
	const d = 20 * time.Millisecond
	one, err := compute(1, d)
	require.NoError(t, err)
	require.Positive(t, one)
	all, err := compute(2*runtime.GOMAXPROCS(0), d)
	require.NoError(t, err)
	require.Less(t, all, float64(runtime.GOMAXPROCS(0))+1)
}

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// BenchmarkCrowd is the cost of one call that blocks, when the threads for all of them
// are there already.
func BenchmarkCrowd(b *testing.B) {
	const n = 16
	for b.Loop() {
		require.NoError(b, crowd(b.Context(), n, func() {}))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/call")
}
