package repanic

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestNamesAreUnique holds that no program hides another one: its actor and its row are
// found by name.
func TestNamesAreUnique(t *testing.T) {
	names := make(map[string]bool)
	for _, programs := range [][]program{chains, values} {
		rows := make(map[string]bool)
		for _, p := range programs {
			require.False(t, names[p.name], p.name)
			require.False(t, rows[p.what], p.what)
			require.NotContains(t, p.what, "|")
			names[p.name], rows[p.what] = true, true
		}
	}
}

func TestRead(t *testing.T) {
	require.Equal(t,
		output{printed: "panic: (x.T) 0xADDRESS ⏎ →panic: b ⏎ [signal SIGSEGV: segmentation violation]", origin: true},
		read([]string{
			"panic: (x.T) 0xc000012345", "\tpanic: b", "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4a4397]",
			"", "goroutine 1 [running]:", "x/repanic.origin(...)",
		}))
	// The words of a panic are not a trace.
	require.Equal(t, output{printed: "panic: repanic.origin("}, read([]string{"panic: repanic.origin("}))
	require.Equal(t, output{}, read(nil))
}
