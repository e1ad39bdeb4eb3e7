package oracle

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/scheduler/model/realrun"
)

// TestMain serves two kinds of processes: the experiment's, and those in which it runs
// programs.
func TestMain(m *testing.M) {
	child.Main(func(job child.Job) int {
		if job.Body == realrun.Body {
			return realrun.Serve(job)
		}
		return experiment.Serve(job, Experiment)
	})
	goleak.VerifyTestMain(m)
}

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestWrongModels is the control: a model that looks at the global queue every 64 ticks, or
// whose ring holds one less, is found out.
func TestWrongModels(t *testing.T) {
	for knob, value := range map[string]int64{"poll": 64, "ring": 255} {
		res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: map[string]int64{knob: value}})
		require.NoError(t, err)
		if Experiment.Needs.Met() != nil {
			t.Skip(res.Reason)
		}
		require.Equal(t, experiment.RefutedRun, res.Verdict, "%s=%d: %s", knob, value, res.Reason)
		require.ErrorContains(t, Experiment.Check(res.Observations), "ran otherwise than the model said")
	}
}

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }
