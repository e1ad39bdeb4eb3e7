package order

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestEveryKnob(t *testing.T) {
	for siblings := int64(1); siblings <= seats; siblings++ {
		res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: map[string]int64{"siblings": siblings}})
		require.NoError(t, err)
		if res.Verdict == experiment.UnmetRun {
			t.Skip(res.Reason)
		}
		require.Equal(t, experiment.Supported, res.Verdict, "%d siblings: %s", siblings, res.Reason)
	}
}

// TestPicture holds that nobody is cancelled before the parent, and that siblings go round.
func TestPicture(t *testing.T) {
	experimenttest.Picture(t, Experiment, func(t *testing.T, o experiment.Observations) {
		var order string
		for _, e := range o.Events {
			if e.To != timeline.Canceled {
				continue
			}
			id := e.Subject.ID
			if order == "" && id != "parent" {
				t.Fatalf("%s was cancelled before its parent", id)
			}
			order += id[len(id)-1:]
		}
		order = order[1:]
		require.Contains(t, rotations(names(len(order))), order)
	})
}

func TestRuns(t *testing.T) {
	for order, want := range map[string]int{"abcdef": 1, "defabc": 1, "acebdf": 2, "fedcba": 5, "a": 1, "efhilabcdgjk": 2} {
		require.Equal(t, want, runs(order), order)
	}
}

// TestShuffleIsRefuted holds that siblings which are shuffled do not pass, in a family and
// in a crowd.
func TestShuffleIsRefuted(t *testing.T) {
	recorded, err := experimenttest.Recorded("testdata")
	require.NoError(t, err)
	i := slices.IndexFunc(recorded, func(c experimenttest.Case) bool { return c.Supports })
	var seen observed
	require.NoError(t, recorded[i].Observations.Decode(&seen))
	require.NoError(t, seen.checkFamily())
	require.NoError(t, seen.checkCrowd())
	seen.Orders[0], seen.CrowdRuns = "abcdfe", int64(runs("bdlgkacefhji"))
	require.ErrorIs(t, seen.checkFamily(), experiment.ErrRefuted)
	require.ErrorIs(t, seen.checkCrowd(), experiment.ErrRefuted)
}
