package inherit

import (
	"runtime"
	"sync/atomic"
	"testing"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// BenchmarkHandOver is the cost of one turn of a player: wake the other one, block,
// and be woken. Run it with -cpu 1, where they share a P.
func BenchmarkHandOver(b *testing.B) {
	ping, pong := make(chan struct{}), make(chan struct{})
	go func() {
		for range ping {
			pong <- struct{}{}
		}
	}()
	defer close(ping)
	for b.Loop() {
		ping <- struct{}{}
		<-pong
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/2, "ns/turn")
}

// TestPairsEnd holds that both pairs end when they are told to, and have had turns.
func TestPairsEnd(t *testing.T) {
	for _, others := range []pair{players, yielders} {
		var turns atomic.Int64
		stop := others(&turns)
		for turns.Load() < 10 {
			runtime.Gosched()
		}
		stop()
	}
}
