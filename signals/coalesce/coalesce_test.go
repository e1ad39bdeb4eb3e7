package coalesce

import (
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestOneSignalIsNeverLost(t *testing.T) {
	res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: map[string]int64{"signals": 1}})
	require.NoError(t, err)
	if res.Verdict == experiment.UnmetRun {
		t.Skip(res.Reason)
	}
	var seen observed
	require.NoError(t, res.Observations.Decode(&seen))
	require.Equal(t, observed{Sent: 1, Pending: 1, Stopped: 1, Running: 1}, seen)
}

// BenchmarkSend is the cost of sending one signal to this process, which counts it.
func BenchmarkSend(b *testing.B) {
	got := make(chan os.Signal, 1)
	signal.Notify(got, counted)
	defer signal.Stop(got)
	pid := os.Getpid()
	for b.Loop() {
		if err := syscall.Kill(pid, counted); err != nil {
			b.Fatal(err)
		}
		<-got
	}
}
