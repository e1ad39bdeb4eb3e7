package deep

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestFrame(t *testing.T) {
	bytes, err := frame([]string{
		"runtime.closechan(0x14814560f3b0)",
		"\t/go/src/runtime/chan.go:422 +0x59 fp=0x3c8 sp=0x368 pc=0x414919",
		"context.(*cancelCtx).cancel(0x14814560d040, 0x0, {0x4e19a8, 0x59a190}, {0x4e19a8?, 0x59a190?})",
		"\t/go/src/context/context.go:567 +0x1cd fp=0x4a0 sp=0x3c8 pc=0x497aed",
	})
	require.NoError(t, err)
	require.Equal(t, int64(0xd8), bytes)
	_, err = frame([]string{"context.(*cancelCtx).cancel("})
	require.Error(t, err)
	_, err = frame(nil)
	require.Error(t, err)
}

func TestFits(t *testing.T) {
	require.Equal(t, int64(1<<29/216), own.fits(216), "a power of two below 1 GB")
	require.Equal(t, int64(4<<20/216), small.fits(216), "the limit itself, if it is a power of two")
}
