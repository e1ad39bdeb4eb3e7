package notify

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestNamesAreUnique(t *testing.T) {
	seen := make(map[string]bool)
	for _, c := range cases {
		require.False(t, seen[c.name], c.name)
		seen[c.name] = true
	}
}

func TestRead(t *testing.T) {
	said := []string{"a text", "context canceled", "a cause", no}
	require.Equal(t, outcome{said[0], said[1], said[2], said[3], ends}, read(experiment.Ending{Exit: -1, Signal: "SIGINT", Stdout: said}))
	require.Equal(t, outcome{said[0], said[1], said[2], said[3], lost}, read(experiment.Ending{Stdout: append(said, lost)}))
	require.Equal(t, outcome{next: "exit 2 panic: x"}, read(experiment.Ending{Exit: 2, Stderr: []string{"panic: x"}}))
}
