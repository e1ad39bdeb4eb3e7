package rules

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestNamesAreUnique holds that no program hides another one: its row is found by name.
func TestNamesAreUnique(t *testing.T) {
	for _, rule := range rules {
		seen := make(map[string]bool)
		for _, p := range rule.programs {
			require.False(t, seen[p.name], p.name)
			seen[p.name] = true
		}
	}
}

func TestHappens(t *testing.T) {
	require.Equal(t, "panic: boom", program{run: func() string { panic("boom") }}.happens())
	require.Equal(t, works, program{run: func() string { return works }}.happens())
}
