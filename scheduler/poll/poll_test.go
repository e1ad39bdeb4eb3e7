package poll

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestExpected(t *testing.T) {
	require.Equal(t, []int64{61, 60, 60, 60, 9}, expected(250, 0))
	require.Equal(t, []int64{60, 60, 60, 60, 10}, expected(250, 1))
	require.Equal(t, []int64{0, 61, 60, 60, 60, 9}, expected(250, 60))
	require.Equal(t, []int64{61}, expected(61, 0), "nobody is left, and it is its turn: the same start")
	require.Equal(t, []int64{1}, expected(1, 0))
}

// TestAlign brings the count ahead by each possible number of starts: align must have
// set it, for the first yield to be as long as each of them says.
func TestAlign(t *testing.T) {
	for offset := range int64(period) {
		res, err := experiment.Do(t.Context(), Experiment, experiment.Options{
			Knobs: map[string]int64{"goroutines": 257, "offset": offset},
		})
		require.NoError(t, err)
		if res.Verdict == experiment.UnmetRun {
			t.Skip(res.Reason)
		}
		require.Equal(t, experiment.Supported, res.Verdict, "offset %d: %s", offset, res.Reason)
	}
}

// BenchmarkGosched is the cost of yielding when nobody else wants to run: to the
// global queue and back.
func BenchmarkGosched(b *testing.B) {
	for b.Loop() {
		runtime.Gosched()
	}
}
