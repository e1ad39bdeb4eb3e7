package overflow

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

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestPicture tries the sizes at which something changes, too.
func TestPicture(t *testing.T) {
	var sizes []map[string]int64
	for _, n := range []int64{2, places, places + 1, places + 2, 386} {
		sizes = append(sizes, map[string]int64{"goroutines": n})
	}
	experimenttest.Picture(t, Experiment, requirePicture, sizes...)
}

// requirePicture holds that the goroutines at the borders are drawn running in the order
// that was recorded, and that those of them that had to leave, and no others, are drawn
// moving, before any of them runs.
func requirePicture(t *testing.T, o experiment.Observations) {
	t.Helper()
	var seen observed
	require.NoError(t, o.Decode(&seen))
	atBorder := func(i int64) bool { return slices.Contains(borders(seen.Created), i) }
	var wantRun, wantLeft, run, left []timeline.Subject
	for _, i := range seen.Order {
		if atBorder(i) {
			wantRun = append(wantRun, timeline.G(int(i)))
		}
	}
	for i := range seen.Created {
		if atBorder(i) && moved(seen.Created, i) {
			wantLeft = append(wantLeft, timeline.G(int(i)))
		}
	}
	var board timeline.Board
	for _, e := range o.Events {
		require.NoError(t, board.Apply(e))
		switch {
		case e.To == timeline.Running:
			require.Equal(t, timeline.Observed, e.Provenance)
			run = append(run, e.Subject)
		case e.Attr("queue") == "global":
			require.Equal(t, timeline.Inferred, e.Provenance)
			require.Empty(t, run)
			left = append(left, e.Subject)
		}
	}
	require.Equal(t, wantRun, run)
	require.Equal(t, wantLeft, left)
	require.Len(t, board.Subjects(), len(borders(seen.Created)))
}

// TestEveryPhase builds the order for every place at which the first start that
// belongs to the global queue can fall, and holds that the check accepts each, and
// none in which one such start is missing or one too early.
func TestEveryPhase(t *testing.T) {
	for _, n := range []int64{places + 1, 300, 386} {
		for first := range turn {
			right := runs(n, first, turn)
			require.Len(t, right, int(n))
			require.NoError(t, checkOrder(n, right), "%d, first at %d", n, first)
			require.ErrorIs(t, checkOrder(n, runs(n, first, turn+1)), experiment.ErrRefuted)
			require.ErrorIs(t, checkOrder(n, runs(n, first, turn-1)), experiment.ErrRefuted)
		}
		require.ErrorContains(t, checkOrder(n, runs(n, turn, turn)), "within 61 starts")
	}
}

// TestModel holds that the model follows the law, whatever the count at its beginning,
// and that it does not just repeat what it is shown.
func TestModel(t *testing.T) {
	for first := 0; first < turn; first += 10 {
		order := runs(386, first, turn)
		model, err := modelled(t.Context(), order)
		require.NoError(t, err)
		require.Equal(t, [][]int64{order}, model)

		slices.Reverse(order[len(order)-2:])
		model, err = modelled(t.Context(), order)
		require.NoError(t, err)
		require.NotEqual(t, [][]int64{order}, model)
	}
}

// TestModelCounts holds that the count goes on from scene to scene: where it stands in the
// first tells where it stands in the second.
func TestModelCounts(t *testing.T) {
	const n = places + 1
	const starts = n - 1 + experiment.Settling // all of the first scene but the one in runnext, and the yields
	for first := 0; first < turn; first += 20 {
		second := (first + 6*turn - starts) % turn
		right := [][]int64{runs(n, first, turn), runs(n, second, turn)}
		model, err := modelled(t.Context(), right...)
		require.NoError(t, err)
		require.Equal(t, right, model)

		wrong := [][]int64{right[0], runs(n, (second+1)%turn, turn)}
		model, err = modelled(t.Context(), wrong...)
		require.NoError(t, err)
		require.NotEqual(t, wrong, model)
	}
}

// runs returns the order in which n goroutines run if the global queue is looked at
// first at counted start first and every period starts from then on.
func runs(n int64, first, period int) []int64 {
	var local, global []int64
	for i := range n - 1 {
		if moved(n, i) {
			global = append(global, i)
		} else {
			local = append(local, i)
		}
	}
	var order []int64
	for place := 0; len(local) > 0; place++ {
		if place >= first && (place-first)%period == 0 {
			order, global = append(order, global[0]), global[1:]
		} else {
			order, local = append(order, local[0]), local[1:]
		}
	}
	newest := []int64{n - 1}
	if first == 0 { // before anything else is looked at
		newest, order = []int64{order[0], n - 1}, order[1:]
	}
	return append(append(newest, order...), global...)
}
