package secondkey

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment, unprepared) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestAKeyIsDelivered is what the experiment counts on: a program that has not asked for
// SIGINT does not outlive the call that sends it.
func TestAKeyIsDelivered(t *testing.T) {
	if err := Experiment.Needs.Met(); err != nil {
		t.Skip(err)
	}
	for range 5 {
		res, err := experiment.Do(t.Context(), unprepared, experiment.Options{})
		require.NoError(t, err)
		require.Equal(t, experiment.Supported, res.Verdict, res.Reason)
	}
}

// unprepared presses a key and goes on, if it can.
var unprepared = &experiment.Experiment{
	ID: "signals/unprepared", Question: "?", Files: files, Isolated: true,
	Choices: []experiment.Choice{{Text: "no", Because: "so", True: true}, {Text: "yes", Because: "not"}},
	Run: func(_ context.Context, r *experiment.Recorder) error {
		r.Value("/survived:bool", false)
		(&keyboard{r: r}).press()
		r.Value("/survived:bool", true)
		return nil
	},
	Check: func(o experiment.Observations) error {
		var end experiment.Ending
		if err := o.Decode(&end); err != nil {
			return err
		}
		if survived, _ := o.Lookup("/survived:bool"); survived != false || end.String() != "SIGINT" {
			return experiment.Refuted("survived: %v, then %s", survived, end)
		}
		return nil
	},
}
