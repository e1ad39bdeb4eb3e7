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
	"lab.example/gopark/internal/timeline"
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

// TestPicture holds that the threads are drawn as the page tells it: as many in calls as
// there are calls, never two running, and the second crowd in the threads of the first.
func TestPicture(t *testing.T) {
	cases, err := experimenttest.Recorded("testdata")
	require.NoError(t, err)
	for _, c := range cases {
		if !c.Supports {
			continue
		}
		var seen observed
		require.NoError(t, c.Observations.Decode(&seen))
		peaks, threads := peaks(t, c.Observations.Events)
		n := int(seen.Calls)
		require.Equal(t, []int{1, 1, 1, n, n}, peaks)
		require.GreaterOrEqual(t, threads, n+1)
		require.LessOrEqual(t, threads, int(seen.Second))
	}

	res, err := experiment.Do(t.Context(), Experiment, experiment.Options{})
	require.NoError(t, err)
	if res.Verdict == experiment.UnmetRun {
		t.Skip(res.Reason)
	}
	peaks, threads := peaks(t, res.Observations.Events)
	require.Len(t, peaks, drawnInARow+2)
	require.Equal(t, []int{1, 1, 1}, peaks[:drawnInARow])
	var seen observed
	require.NoError(t, res.Observations.Decode(&seen))
	// Somebody who is preempted between the look at its thread and the call may make the
	// call from another one. That one is missing then.
	for _, peak := range peaks[drawnInARow:] {
		require.Greater(t, peak, int(seen.Calls)/2)
		require.LessOrEqual(t, peak, int(seen.Calls))
	}
	require.LessOrEqual(t, threads, int(seen.Second))
}

// peaks returns how many threads were in calls at once, each time until none was, and how
// many threads there were in all.
func peaks(t *testing.T, events []timeline.Event) (peaks []int, threads int) {
	t.Helper()
	var board timeline.Board
	peak := 0
	for _, e := range events {
		require.NoError(t, board.Apply(e))
		count := make(map[timeline.State]int)
		for _, m := range board.Subjects() {
			count[board.State(m)]++
		}
		require.LessOrEqual(t, count[timeline.Running], 1)
		peak = max(peak, count[timeline.Syscall])
		if count[timeline.Syscall] == 0 && peak > 0 {
			peaks = append(peaks, peak)
			peak = 0
		}
	}
	if peak > 0 {
		peaks = append(peaks, peak)
	}
	return peaks, len(board.Subjects())
}

// TestCrowd holds that the crowd is there when it is looked at, and gone afterwards.
func TestCrowd(t *testing.T) {
	const n = 5
	var during int
	require.NoError(t, crowd(t.Context(), n, func() {}, func() { during = calling() }))
	require.GreaterOrEqual(t, during, n)

	ctx, cancel := context.WithCancelCause(t.Context())
	closed := errors.New("closed")
	cancel(closed)
	require.ErrorIs(t, crowd(ctx, n, func() {}, func() {}), closed)
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
		require.NoError(b, crowd(b.Context(), n, func() {}, func() {}))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/call")
}
