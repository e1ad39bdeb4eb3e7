package price

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestWithoutCompiler holds that Go's part is judged where C's cannot be measured.
func TestWithoutCompiler(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	res, err := experiment.Do(t.Context(), Experiment, experiment.Options{})
	require.NoError(t, err)
	if res.Verdict == experiment.UnmetRun {
		t.Skip(res.Reason)
	}
	require.Equal(t, experiment.Supported, res.Verdict, res.Reason)
	absent, _ := res.Observations.Lookup("/c/absent:lines")
	require.NotEmpty(t, absent)
}

func TestExitsLeave(t *testing.T) {
	require.ErrorIs(t, returnError(3), errMistake)
	require.Equal(t, errMistake, recovered(func() { descend(3) }))
	require.Error(t, recovered(func() { descendToFault(3) }).(error))
	require.Nil(t, recovered(nothing))
}

func TestParse(t *testing.T) {
	l, err := parse("error 1.5\nerror 2.5\ncleanups 3\nreceived 1\n")
	require.NoError(t, err)
	require.Equal(t, leaps{prices: map[string][]float64{"error": {1.5, 2.5}}, cleanups: 3, received: 1}, l)
	_, err = parse("error\n")
	require.Error(t, err)
}

func BenchmarkExits(b *testing.B) {
	for _, e := range exits {
		for _, calls := range depths {
			b.Run(fmt.Sprint(e.name, "/", calls), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					e.leave(calls)
				}
			})
		}
	}
}
