package cause

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestEveryKnob(t *testing.T) {
	for width := int64(1); width <= 4; width++ {
		for depth := int64(1); depth <= 4; depth++ {
			res, err := experiment.Do(t.Context(), Experiment, experiment.Options{
				Knobs: map[string]int64{"width": width, "depth": depth},
			})
			require.NoError(t, err)
			if res.Verdict == experiment.UnmetRun {
				t.Skip(res.Reason)
			}
			require.Equal(t, experiment.Supported, res.Verdict, "width %d, depth %d: %s", width, depth, res.Reason)
		}
	}
}

func TestCheckOrder(t *testing.T) {
	set := []string{"root/a", "root/a/a", "root/a/b", "root/a/a/a"}
	for _, c := range []struct {
		order []string
		want  string // part of the refutation; "" if the order is right
	}{
		{[]string{"root/a", "root/a/a", "root/a/a/a", "root/a/b"}, ""},
		{[]string{"root/a", "root/a/b", "root/a/a", "root/a/a/a"}, ""},
		{[]string{"root/a", "root/a/a", "root/a/b", "root/a/a/a"}, "between root/a/a and its child"},
		{[]string{"root/a", "root/a/a/a", "root/a/a", "root/a/b"}, "before its parent"},
		{[]string{"root/a", "root/a/a", "root/a/b"}, "this call cancelled"},
	} {
		err := checkOrder(c.order, set)
		if c.want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, experiment.ErrRefuted)
		require.ErrorContains(t, err, c.want)
	}
}

// BenchmarkCancel is the cost of cancelling one node of a tree that is n nodes wide
// or n nodes deep.
func BenchmarkCancel(b *testing.B) {
	cause := errors.New("enough")
	for _, shape := range []struct{ width, depth int }{{1, 100}, {100, 1}, {10, 2}} {
		b.Run(fmt.Sprintf("width=%d/depth=%d", shape.width, shape.depth), func(b *testing.B) {
			nodes := 0
			for b.Loop() {
				b.StopTimer()
				tree := grow(shape.width, shape.depth)
				nodes = len(tree)
				b.StartTimer()
				tree[0].cancel(cause)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(nodes), "ns/context")
		})
	}
}
