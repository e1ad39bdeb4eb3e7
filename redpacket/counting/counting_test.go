package counting

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestEveryCell(t *testing.T) {
	experimenttest.EveryCell(t, Experiment, "/counts:rows", "/sales:rows", "/looks:rows")
}

// TestKnobs holds that the claim does not depend on them.
func TestKnobs(t *testing.T) {
	for _, knobs := range []map[string]int64{
		{"people": 2}, {"people": 3, "most": 1}, {"people": 999, "most": 10_000}, {"people": 3000, "most": 3},
	} {
		res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: knobs})
		require.NoError(t, err)
		require.Equal(t, experiment.Supported, res.Verdict, "%v: %s", knobs, res.Reason)
	}
}

// TestRows holds that everybody of a row does the first step before anybody does the second, and
// that the rows do not mix.
func TestRows(t *testing.T) {
	for _, size := range []int{1, 3, 10, 50} {
		const people = 31
		var mu sync.Mutex
		var steps []string
		note := func(step string, i int) {
			mu.Lock()
			defer mu.Unlock()
			steps = append(steps, fmt.Sprint(step, i/size))
		}
		rows := newRows(people, size)
		crowd(people, func(i int) {
			rows.pass(i, func() bool { note("first ", i); return i != 5 }, func() { note("second ", i) })
		})
		var want []string
		for row := 0; row*size < people; row++ {
			for _, step := range []string{"first ", "second "} {
				for i := row * size; i < min(people, (row+1)*size); i++ {
					if i != 5 || step == "first " {
						want = append(want, fmt.Sprint(step, row))
					}
				}
			}
		}
		require.Equal(t, want, steps, size)
	}
}

// TestOverwritten holds what is expected against people counted one row after the other, with
// nothing at the same time.
func TestOverwritten(t *testing.T) {
	s := scenes{parts: []int64{5, 5, 5, 1, 2, 2, 2, 2, 5}}
	require.Equal(t, 0, s.overwritten(1))
	require.Equal(t, 3, s.overwritten(2)) // 5 5|5 1|2 2|2 2|5
	require.Equal(t, 4, s.overwritten(3)) // 5 5 5|1 2 2|2 2 5
	require.Equal(t, 6, s.overwritten(9))
}

// TestPicture holds that the two have read the same and written the same, and that the
// second one has made the count wrong.
func TestPicture(t *testing.T) {
	experimenttest.Picture(t, Experiment, func(t *testing.T, o experiment.Observations) {
		require.Len(t, o.Events, 6)
		reads, writes := o.Events[:2], []timeline.Event{o.Events[2], o.Events[4]}
		require.Equal(t, reads[0].Attr("read"), reads[1].Attr("read"))
		require.Equal(t, writes[0].Attr("wrote"), writes[1].Attr("wrote"))
		require.ElementsMatch(t, []timeline.Subject{timeline.G(1), timeline.G(2)}, []timeline.Subject{reads[0].Subject, reads[1].Subject})
		require.ElementsMatch(t, []timeline.Subject{timeline.G(1), timeline.G(2)}, []timeline.Subject{writes[0].Subject, writes[1].Subject})
		require.Equal(t, timeline.Inside, o.Events[3].To)
		require.Equal(t, timeline.Outside, o.Events[5].To)
	}, nil, map[string]int64{"most": 3})
}
