package oneeach

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/redpacket"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestEmpty holds that what is measured is what it is called: every part is grabbed, once, and
// who comes again gets what he has, unless nobody is remembered.
func TestEmpty(t *testing.T) {
	p := redpacket.Params{N: 3, Min: 1, Max: 9, Sum: 15}
	names := []string{"a", "b", "c"}
	for _, w := range ways() {
		for _, goroutines := range []int{1, 2, crowding} {
			e, err := w.make(p)
			require.NoError(t, err)
			took, err := empty(e, names, goroutines)
			require.NoError(t, err, w.name)
			require.Positive(t, took)
			_, err = empty(e, names, goroutines)
			if w.name == nobody {
				require.Error(t, err)
			} else {
				require.NoError(t, err, w.name)
			}
			_, err = empty(e, []string{"d"}, 1)
			require.Error(t, err, w.name)
			e.close()
		}
	}
}

// TestUnusable holds that a table which nobody can have measured is no verdict.
func TestUnusable(t *testing.T) {
	table := experiment.Table{Header: header}
	for _, w := range ways() {
		table.Add(w.name, "1.0", "-1.0", "-", "1", "1.0")
	}
	_, err := read(table)
	require.ErrorContains(t, err, "ns by eight: -1")
	table.Rows = table.Rows[1:]
	_, err = read(table)
	require.ErrorIs(t, err, experiment.ErrNotObserved)
}

// TestCancelled holds that a run ends with its context.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := measure(ctx, ways(), redpacket.Params{N: 3, Min: 1, Max: 9, Sum: 15})
	require.ErrorIs(t, err, context.Canceled)
}
