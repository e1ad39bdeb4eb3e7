package exitcode

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// BenchmarkExperiment is the cost of a process: made, supervised, ended.
func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestStatusKeepsEightBits(t *testing.T) {
	for asked, want := range map[int64]int64{0: 0, 255: 255, 256: 0, 257: 1, 1023: 255} {
		res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: map[string]int64{"status": asked}})
		require.NoError(t, err)
		require.Equal(t, experiment.Supported, res.Verdict, res.Reason)
		var seen observed
		require.NoError(t, res.Observations.Decode(&seen))
		require.Equal(t, want, seen.Exit, "os.Exit(%d)", asked)
	}
}
