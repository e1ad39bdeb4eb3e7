package repanic

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
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

// TestPicture holds that each program is drawn with two panics, and with origin on the stack
// in the end if, and only if, the table has it in the trace; what is not in the trace is
// inferred.
func TestPicture(t *testing.T) { experimenttest.Picture(t, Experiment, requireStacks) }

func requireStacks(t *testing.T, o experiment.Observations) {
	t.Helper()
	var seen observed
	require.NoError(t, o.Decode(&seen))
	drawn := 0
	for _, program := range chains {
		if !slices.Contains(shown, program.name) {
			continue
		}
		drawn++
		p := &picture{program: program.name}
		var board timeline.Board
		status := ""
		for _, e := range o.Events {
			require.NoError(t, board.Apply(e))
			if e.Subject == p.process() {
				status = "exit " + e.Attr("status")
			}
		}
		row := seen.Chains.Row(program.what)
		first, second := board.State(p.onStack("panic-1")), board.State(p.onStack("panic-2"))
		origin := board.State(p.onStack(theOrigin))
		require.Equal(t, timeline.Set, second)
		require.Equal(t, first, origin)
		require.Equal(t, row[2] == "yes", origin == timeline.Set)
		require.Equal(t, row[4], status)
		for _, e := range o.Events {
			if e.Subject == p.onStack(theOrigin) || e.Subject == p.onStack("panic-1") {
				require.Equal(t, row[2] == "yes", e.Provenance == timeline.Observed)
			}
		}
		require.Equal(t, timeline.Set, board.State(p.onStack(program.name)))
	}
	require.Len(t, shown, drawn)
}
