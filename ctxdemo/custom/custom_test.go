package custom

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestEveryKnob(t *testing.T) {
	for _, children := range []int64{1, 7, 500} {
		res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: map[string]int64{"children": children}})
		require.NoError(t, err)
		if res.Verdict == experiment.UnmetRun {
			t.Skip(res.Reason)
		}
		require.Equal(t, experiment.Supported, res.Verdict, "%d children: %s", children, res.Reason)
	}
}

func TestEveryCell(t *testing.T) { experimenttest.EveryCell(t, Experiment, "/kinds:rows") }

// TestHelpful holds that the type keeps the contract of context.AfterFunc.
func TestHelpful(t *testing.T) {
	ctx, cancel := newHelpful()
	h := ctx.(*helpful)
	ran := make(chan string, 3)
	stop := h.AfterFunc(func() { ran <- "stopped" })
	require.True(t, stop())
	require.False(t, stop())
	stop = h.AfterFunc(func() { ran <- "ran, " + h.Err().Error() })
	require.NoError(t, h.Err())
	cancel()
	cancel()
	require.Equal(t, "ran, context canceled", <-ran)
	require.False(t, stop())
	stop = h.AfterFunc(func() { ran <- "late" })
	require.False(t, stop())
	require.Equal(t, "late", <-ran)
	require.Empty(t, ran)
}

// TestCauseGetsLost holds that what hides the context hides its cause too.
func TestCauseGetsLost(t *testing.T) {
	gone := errors.New("gone")
	inner, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	require.Equal(t, gone, context.Cause(know(inner)))
	require.Equal(t, context.Canceled, context.Cause(hide(inner)))
}
