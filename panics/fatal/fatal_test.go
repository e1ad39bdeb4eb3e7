package fatal

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestNamesAreUnique holds that no program hides another one: its actor and its row are
// found by name.
func TestNamesAreUnique(t *testing.T) {
	names, rows := make(map[string]bool), make(map[string]bool)
	for _, p := range slices.Concat(fatals, panics) {
		require.False(t, names[p.name], p.name)
		require.False(t, rows[p.what], p.what)
		require.NotContains(t, p.what, "|")
		names[p.name], rows[p.what] = true, true
	}
}

func TestFatalError(t *testing.T) {
	require.Equal(t, "stack overflow", fatalError([]string{"runtime: details", "fatal error: stack overflow", "fatal error: again"}))
	require.Empty(t, fatalError([]string{"panic: fatal error: no"}))
}
