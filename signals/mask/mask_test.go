package mask

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/procfs"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestEveryCell(t *testing.T) {
	experimenttest.EveryCell(t, Experiment, "/dispositions:rows", "/pending:rows")
}

func TestNumbers(t *testing.T) {
	require.Equal(t, "none", numbers(0))
	require.Equal(t, "1 10 64", numbers(1|1<<9|1<<63))
}

func TestBlocking(t *testing.T) {
	const usr1, usr2 = procfs.Mask(1 << (syscall.SIGUSR1 - 1)), procfs.Mask(1 << (syscall.SIGUSR2 - 1))
	tasks := []procfs.Status{
		{Blocked: usr1},
		{Blocked: usr2},
		{Blocked: usr1 | usr2},
		{},
		{Blocked: ^procfs.Mask(0)}, // for a moment
	}
	require.Equal(t, 2, blocking(tasks, syscall.SIGUSR1))
	require.Zero(t, blocking(tasks, syscall.SIGTERM))
}
