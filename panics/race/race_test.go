package race

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestFewWrites holds that the check has an opinion wherever the knobs are.
func TestFewWrites(t *testing.T) {
	res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: map[string]int64{"attempts": 1, "writes": 1}})
	require.NoError(t, err)
	if res.Verdict == experiment.UnmetRun {
		t.Skip(res.Reason)
	}
	require.Equal(t, experiment.Supported, res.Verdict, res.Reason)
}

func TestEnds(t *testing.T) {
	var n ends
	n.add(experiment.Ending{})
	n.add(experiment.Ending{Exit: 2, Stderr: []string{noticed}})
	n.add(experiment.Ending{Exit: 2, Stderr: []string{"panic: boom"}})
	n.add(experiment.Ending{Exit: 2})
	n.add(experiment.Ending{Exit: -1, Signal: "SIGKILL"})
	require.Equal(t, ends{noticed: 1, unnoticed: 1, otherwise: 3}, n)
}

// BenchmarkWrite is a write with the map's own check, which may or may not notice.
func BenchmarkWrite(b *testing.B) {
	m := small()
	for i := 0; b.Loop(); i++ {
		m[i%keys] = i
	}
}

// BenchmarkLocked is what it costs to be certain, while nobody else wants the lock.
func BenchmarkLocked(b *testing.B) {
	var mu sync.Mutex
	m := small()
	for i := 0; b.Loop(); i++ {
		mu.Lock()
		m[i%keys] = i
		mu.Unlock()
	}
}
