package coin

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestNoBuild holds that a build that is not possible here is no failure.
func TestNoBuild(t *testing.T) {
	_, err := shuffle(t.Context(), t.TempDir(), 1, "-race", "-nosuchflag")
	require.ErrorIs(t, err, experiment.ErrUnmet)
	require.ErrorContains(t, err, "go build -race -nosuchflag: ")
}

func TestParse(t *testing.T) {
	orders, err := parse("9 0 1 2 3 4 5 6 7 8\n0 1 2 3 4 5 6 7 8 9\n9 0 1 2 3 4 5 6 7 8\n")
	require.NoError(t, err)
	require.EqualValues(t, 2, distinct(orders))
	require.Equal(t, []int64{1, 0, 0, 0, 0, 0, 0, 0, 0, 2}, firsts(orders))
	for _, wrong := range []string{"0 1 2\n", "0 1 2 3 4 5 6 7 8 x\n", "0 1 2 3 4 5 6 7 8 10\n"} {
		_, err := parse(wrong)
		require.ErrorContains(t, err, "read order")
	}
}
