package urgent

import (
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// BenchmarkExperiment is the cost of all cases, most of it in loops that nobody may
// interrupt.
func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestLoopThatCameTooLate holds that a loop says nothing if what it should be interrupted
// for was over before it began, or did not come.
func TestLoopThatCameTooLate(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	p := new(computing)
	_, err := p.endsFirst(1, func(_, _ *atomic.Bool) {})
	require.ErrorIs(t, err, experiment.ErrUnmet)

	_, err = p.endsFirst(1, func(looping, acting *atomic.Bool) {
		acting.Store(true)
		for !looping.Load() {
			runtime.Gosched()
		}
	})
	require.NoError(t, err, "one that ends after the loop has begun is no cause for doubt")

	made, _ := new(looping).compute(1)
	require.Zero(t, made, "nobody acted")
}

func TestList(t *testing.T) {
	require.Equal(t, "nothing", list([]os.Signal{}))
	require.Equal(t, nameOf(urg)+" "+nameOf(syscall.SIGWINCH), list([]os.Signal{syscall.SIGWINCH, urg, urg}))
}
