package causes

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestNamesAreUnique(t *testing.T) {
	names := make(map[string]bool)
	for _, c := range cases {
		require.False(t, names[c.name], c.name)
		require.NotContains(t, c.name, "|")
		names[c.name] = true
	}
}

func TestEveryCell(t *testing.T) { experimenttest.EveryCell(t, Experiment, "/cases:rows") }

// TestDescribe holds that a caller can ask for either, which the error alone does not allow.
func TestDescribe(t *testing.T) {
	ctx, cancel := withBoth(moment)
	defer cancel(nil)
	<-ctx.Done()
	err := describe(ctx)
	require.ErrorIs(t, err, errSlow)
	require.ErrorIs(t, err, ctx.Err())
	require.False(t, errors.Is(ctx.Err(), errSlow))
}
