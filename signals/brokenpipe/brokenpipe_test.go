package brokenpipe

import (
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// BenchmarkExperiment is the cost of a process for each case.
func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestCasesHaveNames holds that a process cannot take one case for another.
func TestCasesHaveNames(t *testing.T) {
	seen := make(map[string]bool)
	for _, c := range cases {
		require.False(t, seen[c.String()], c.String())
		seen[c.String()] = true
	}
}

// TestPipeIsBroken holds that it is the missing reader that the writes fail of.
func TestPipeIsBroken(t *testing.T) {
	broken, _, err := breakPipe(other)
	require.NoError(t, err)
	require.Equal(t, "EPIPE", resultOf(file(broken)))
	require.NoError(t, broken.Close())

	read, write, err := os.Pipe()
	require.NoError(t, err)
	require.Equal(t, "success", resultOf(file(write)), "the control")
	require.NoError(t, errors.Join(read.Close(), write.Close()))
}
