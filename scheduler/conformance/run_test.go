package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
)

func TestRun(t *testing.T) {
	var table, list bytes.Buffer
	err := Run(t.Context(), &table, RunOptions{Workload: "pipeline", Procs: 1, Runs: 2, Swaps: 3})
	if child.RaceEnabled {
		require.ErrorIs(t, err, experiment.ErrUnmet)
		return
	}
	require.NoError(t, err)
	require.Regexp(t, `(?m)^pipeline +1 +\d+ +\d+ +0 +100.000% +\d+ +16  6 of 6$`, table.String())
	require.Contains(t, table.String(), "runnext")

	require.NoError(t, Run(t.Context(), &list, RunOptions{Workload: "pipeline", Procs: 1, JSON: true}))
	var reports []Report
	require.NoError(t, json.Unmarshal(list.Bytes(), &reports))
	require.Len(t, reports, 1)
	require.Equal(t, "pipeline", reports[0].Workload)
	require.Equal(t, reports[0].Starts, reports[0].Explained)
}

func TestRunStops(t *testing.T) {
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	require.ErrorIs(t, Run(ctx, &bytes.Buffer{}, RunOptions{}), reason)
	require.ErrorContains(t, Run(t.Context(), &bytes.Buffer{}, RunOptions{Workload: "none"}), `"none"`)
}

func TestJudge(t *testing.T) {
	fine := Report{Workload: "a", Starts: 1000, Explained: 995, Swaps: 10, Caught: 9}
	require.NoError(t, judge([]Report{fine}))

	gaps := fine
	gaps.Explained = 980
	require.NoError(t, judge([]Report{fine, fine, gaps}), "the sum counts")
	require.ErrorIs(t, judge([]Report{gaps}), experiment.ErrRefuted)

	gaps.Workload = "b"
	require.ErrorContains(t, judge([]Report{fine, gaps}), "b: the rules explain 980 of 1000")

	vacuous := fine
	vacuous.Caught = 3
	require.ErrorContains(t, judge([]Report{vacuous}), "anything")
}

func TestShare(t *testing.T) {
	require.InDelta(t, 1.0, Report{}.Share(), 0)
	require.InDelta(t, 0.5, Report{Starts: 4, Explained: 2}.Share(), 0)
}
