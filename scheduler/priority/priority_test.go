package priority

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestModelled holds what the model says about both programs, which no machine can
// disturb.
func TestModelled(t *testing.T) {
	for policy, want := range map[string]struct {
		starves bool
		order   []string
	}{
		"go":               {false, []string{"low", "high", "middle"}},
		"no-async-preempt": {true, []string{"middle", "low", "high"}},
		"priority":         {true, []string{"middle", "high", "low"}},
		"fair":             {false, []string{"low", "high", "middle"}},
	} {
		turns, err := fewest(t.Context(), policy, 3)
		require.NoError(t, err)
		// One turn is what they get when the hog has ended and is told to give way.
		require.Equal(t, want.starves, turns <= 1, "%s: %d turns", policy, turns)
		order, err := inverted(t.Context(), policy)
		require.NoError(t, err)
		require.Equal(t, want.order, order, policy)
	}
	_, err := fewest(t.Context(), "lottery", 3)
	require.ErrorContains(t, err, "lottery")
}

// TestOthersEnd holds that the others run, and end when they are told to.
func TestOthersEnd(t *testing.T) {
	c := crowd(2)
	for c.turns[0].Load() == 0 || c.turns[1].Load() == 0 {
		turns, _ := c.beside(func() { compute(time.Millisecond) })
		require.Len(t, turns, 2)
	}
	c.stop()
}
