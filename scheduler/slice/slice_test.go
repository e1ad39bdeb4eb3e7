package slice

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestBounds(t *testing.T) {
	const ms = time.Millisecond
	seen := bounds([]stretch{
		{0, 0, 20 * ms},
		{1, 21 * ms, 40 * ms},
		{0, 41 * ms, 60 * ms},
		{1, 70 * ms, 80 * ms}, // somebody else had the machine before it could read the clock
		{0, 80 * ms, 90 * ms},
	})
	require.Equal(t, observed{
		AtLeast: []int64{int64(19 * ms)},
		AtMost:  []int64{int64(21 * ms)},
		Vague:   2, // the one that began late, and the one before it
		Mean:    int64(20 * ms),
	}, seen)
	require.Equal(t, observed{}, bounds(nil))
}
