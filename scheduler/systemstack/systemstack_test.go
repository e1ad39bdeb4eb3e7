package systemstack

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func TestParseDump(t *testing.T) {
	d, err := parseDump(`SIGQUIT: quit
PC=0x475aa1 m=3 sigcode=18446744073709551610

goroutine 0 gp=0x5c6d40 m=3 mp=0x5c7a20 [idle]:
runtime.futex(0x5c7b60, 0x80, 0x0, 0x0, 0x0, 0x0)
	/go/src/runtime/sys_linux_amd64.s:558 +0x21 fp=0x7ffd10 sp=0x7ffd08 pc=0x475aa1
runtime.(*note).sleep(...)
	/go/src/runtime/lock_futex.go:47

goroutine 1 gp=0xc000002380 m=nil [sleep]:
time.Sleep(0x34630b8a000)
	/go/src/runtime/time.go:363 +0x145
`)
	require.NoError(t, err)
	require.Equal(t, dump{3, 0, []string{"runtime.futex", "runtime.(*note).sleep"}}, d)

	for _, text := range []string{"", "SIGQUIT: quit\nPC=0x475aa1 m=3 sigcode=0\n", "goroutine 0 gp=0x1 m=0 [idle]:\n"} {
		_, err := parseDump(text)
		require.ErrorContains(t, err, "read traceback", text)
	}
}

func TestOfRuntime(t *testing.T) {
	require.True(t, ofRuntime("runtime.mcall"))
	require.True(t, ofRuntime("internal/runtime/syscall.EpollWait"))
	require.False(t, ofRuntime("main.main"))
	require.False(t, ofRuntime("runtime/debug.SetTraceback"))
}

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }
