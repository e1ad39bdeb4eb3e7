package fault

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func TestNamesAreUnique(t *testing.T) {
	names, rows := make(map[string]bool), make(map[string]bool)
	for _, a := range accesses {
		require.False(t, names[a.name], a.name)
		require.False(t, rows[a.what], a.what)
		names[a.name], rows[a.what] = true, true
	}
}

func TestRead(t *testing.T) {
	out, err := read(experiment.Ending{Exit: 2, Stdout: []string{"0x1000"}, Stderr: []string{
		"unexpected fault address 0x1000", "fatal error: fault", "[signal SIGBUS: bus error code=0x2 addr=0x1000 pc=0x4]",
	}})
	require.NoError(t, err)
	require.Equal(t, output{outcome: "fatal", signal: "SIGBUS", printed: "unexpected fault address THE ADDRESS"}, out)

	out, err = read(experiment.Ending{Stdout: []string{"0x1000", "0x1000", "text"}})
	require.NoError(t, err)
	require.Equal(t, output{outcome: recovered, addr: theAddress, printed: "text"}, out)

	_, err = read(experiment.Ending{})
	require.Error(t, err)
}
