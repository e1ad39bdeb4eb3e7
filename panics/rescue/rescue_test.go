package rescue

import (
	"slices"
	"strings"
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
	names, rows := make(map[string]bool), make(map[string]bool)
	for _, p := range places {
		require.False(t, names[p.name], p.name)
		require.False(t, rows[p.what], p.what)
		require.NotContains(t, p.what, "|")
		names[p.name], rows[p.what] = true, true
	}
}

// TestPicture holds that recover is drawn returning the panic's value if there is one
// function above the panic, and nil if there are two; and that the programs go on and leave
// the stack, or do not, as the table has it.
func TestPicture(t *testing.T) { experimenttest.Picture(t, Experiment, requireStacks) }

func requireStacks(t *testing.T, o experiment.Observations) {
	t.Helper()
	var seen observed
	require.NoError(t, o.Decode(&seen))
	drawn := 0
	for _, place := range places {
		if !slices.Contains(shown, place.name) {
			continue
		}
		drawn++
		p := &picture{place: place}
		var board timeline.Board
		var calls []string
		recovered, status := "", ""
		for _, e := range o.Events {
			require.NoError(t, board.Apply(e))
			require.Equal(t, timeline.Observed, e.Provenance)
			function, own := strings.CutPrefix(e.Subject.ID, place.name+"/")
			switch {
			case own && e.From == timeline.Clear:
				calls = append(calls, function)
			case own && e.From == e.To:
				recovered = e.Attr("recover")
				require.Equal(t, calls[len(calls)-1], function)
			case e.Subject == p.process():
				status = "exit " + e.Attr("status")
			}
		}
		require.Equal(t, []string{place.name, panics}, calls[:2])
		row := seen.Places.Row(place.what)
		require.Equal(t, row[1], recovered)
		left := board.State(p.onStack(panics)) == timeline.Clear
		if above := len(calls) - 2; above == 1 {
			require.Equal(t, []any{boom, goesOn, "exit 0", true}, []any{recovered, row[2], status, left})
		} else {
			require.Equal(t, []any{2, nothing, row[2], false}, []any{above, recovered, status, left})
		}
	}
	require.Len(t, shown, drawn)
}
