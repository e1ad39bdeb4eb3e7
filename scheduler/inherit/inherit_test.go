package inherit

import (
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestPicture holds that what is drawn is one wait of the model: as long and with as many
// turns as the values say, the one who waits runnable through all of them, the two others
// in turn and never running together, the last one preempted.
func TestPicture(t *testing.T) { experimenttest.Picture(t, Experiment, requireWait) }

func requireWait(t *testing.T, o experiment.Observations) {
	t.Helper()
	var seen observed
	require.NoError(t, o.Decode(&seen))
	var board timeline.Board
	var player timeline.Subject // who had the turn before
	var turns []string
	var left time.Duration
	for _, e := range o.Events {
		require.NoError(t, board.Apply(e))
		require.Equal(t, timeline.Simulated, e.Provenance)
		if turn := e.Attr("turn"); turn != "" {
			require.NotEqual(t, player, e.Subject)
			player = e.Subject
			require.Equal(t, timeline.Runnable, board.State(timeline.G(0)))
			require.NotEqual(t, board.State(timeline.G(1)), board.State(timeline.G(2)))
			turns = append(turns, turn)
		}
		if e.Attr("reason") == "Gosched" {
			left = e.At
		}
	}
	require.Len(t, o.Events, 1+1+2*len(turns)+1)
	preempted, back := o.Events[len(o.Events)-2], o.Events[len(o.Events)-1]
	require.Equal(t, "preempted", preempted.Attr("reason"))
	require.Equal(t, timeline.G(0), back.Subject)
	require.Equal(t, timeline.Running, back.To)
	require.EqualValues(t, seen.modelled.PlayersWaited[filmed], back.At-left)
	require.Equal(t, "1", turns[0])
	require.Equal(t, strconv.FormatInt(seen.modelled.PlayersTurns[filmed], 10), turns[len(turns)-1])
}

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
