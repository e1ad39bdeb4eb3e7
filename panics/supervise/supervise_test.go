package supervise

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestKnobs is on both sides of the limit, and at the ends.
func TestKnobs(t *testing.T) {
	for _, knobs := range []map[string]int64{
		{"panics": 0},
		{"panics": 5},
		{"panics": 6},
		{"panics": 1, "restarts": 0},
		{"panics": 20, "restarts": 20, "record": records - 1},
		{"record": 0},
	} {
		res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: knobs})
		require.NoError(t, err)
		require.Equal(t, experiment.Supported, res.Verdict, "%v: %s", knobs, res.Reason)
	}
}
