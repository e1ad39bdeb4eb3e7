package realrun

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/scheduler/model"
)

// simulated is a run as the model has it under the given rules.
func simulated(t *testing.T, r Request, rules model.Rules) Run {
	t.Helper()
	result, err := model.Run(t.Context(), r.Program, model.Config{Tick0: r.Tick0, Rules: rules})
	require.NoError(t, err)
	return Run{
		Order: slices.Collect(result.Order()), Goroutines: result.Goroutines, Status: result.Status,
		Tick0: r.Tick0, Valid: true,
	}
}

// TestDiff holds that a difference in anything that is compared is noticed.
func TestDiff(t *testing.T) {
	r := Request{closeWakes(3), 1}
	run := simulated(t, r, model.Rules{})
	require.Nil(t, Diff(t.Context(), r, run, model.Rules{}))

	for name, spoil := range map[string]func(*Run){
		"one event":  func(r *Run) { r.Order[3].G++ },
		"one result": func(r *Run) { r.Order[3].Res++ },
		"too short":  func(r *Run) { r.Order = r.Order[:len(r.Order)-1] },
		"too long":   func(r *Run) { r.Order = append(r.Order, model.Event{}) },
		"status":     func(r *Run) { r.Status = "1 goroutines blocked forever" },
		"goroutines": func(r *Run) { r.Goroutines++ },
	} {
		spoilt := run
		spoilt.Order = slices.Clone(run.Order)
		spoil(&spoilt)
		require.NotNil(t, Diff(t.Context(), r, spoilt, model.Rules{}), name)
	}
}

func TestMismatchString(t *testing.T) {
	r := Request{closeWakes(3), 1}
	m := Diff(t.Context(), r, simulated(t, r, model.Rules{Quirks: model.CloseInOrder}), model.Rules{})
	require.NotNil(t, m)
	want := `program close wakes 3
chans [0]
procs[0]:
   0  rep 3
   1      go 1
   3  yield
   4  close 0
   5  yield
procs[1]:
   7  recv 0
   8  mark 1
begun at tick 1
   event  runtime                              model
       0  g0 procs[0]: go 1                    g0 procs[0]: go 1
       1  g0 procs[0]: go 1                    g0 procs[0]: go 1
       2  g0 procs[0]: go 1                    g0 procs[0]: go 1
       3  g0 procs[0]: yield                   g0 procs[0]: yield
       4  g0 procs[0]: close 0                 g0 procs[0]: close 0
>      5  g2 procs[1]: recv 0                  g3 procs[1]: recv 0
       6  g2 procs[1]: mark 1                  g3 procs[1]: mark 1
       7  g2 procs[1]: exit                    g3 procs[1]: exit
       8  g3 procs[1]: recv 0                  g2 procs[1]: recv 0
       9  g3 procs[1]: mark 1                  g2 procs[1]: mark 1
      10  g3 procs[1]: exit                    g2 procs[1]: exit
      11  g1 procs[1]: recv 0                  g1 procs[1]: recv 0
  status  all exited                           all exited
 created  4                                    4
`
	require.Equal(t, want, m.String())

	m.Err = model.ErrReplay
	require.True(t, strings.HasSuffix(m.String(), "the model: "+model.ErrReplay.Error()+"\n"))
}

// TestShrink holds that everything that is not needed goes, and nothing else.
func TestShrink(t *testing.T) {
	c, err := ClassNamed("select")
	require.NoError(t, err)
	shrunk := 0
	for seed := range uint64(40) {
		p := Generate(c, seed).Program
		before := p.String()
		fails := func(p *model.Program) bool {
			// A send inside a loop of at least three turns.
			return strings.Contains(p.String(), "send ") && slices.ContainsFunc(lists(p), func(list *[]model.Op) bool {
				return slices.ContainsFunc(*list, func(op model.Op) bool {
					return op.Kind == model.Rep && op.Arg >= 3 &&
						slices.ContainsFunc(op.Body, func(op model.Op) bool { return op.Kind == model.Send })
				})
			})
		}
		if !fails(p) {
			continue
		}
		shrunk++
		small := Shrink(p, func(some []*model.Program) int { return slices.IndexFunc(some, fails) })
		require.Equal(t, before, p.String(), "it was changed")
		require.True(t, fails(small))
		left := 0
		for _, list := range lists(small) {
			left += len(*list)
			for _, op := range *list {
				require.Contains(t, []model.Kind{model.Rep, model.Send}, op.Kind, "%s", small)
				require.Contains(t, []int{0, 1, 2, 3}, op.Arg, "%s", small)
			}
		}
		require.Equal(t, 2, left, "%s", small)
		require.Zero(t, small.Mutexes+small.RWMutexes+len(small.Conds)+len(small.WaitGroups), "%s", small)
		require.LessOrEqual(t, len(small.Procs), 2, "%s", small)
	}
	require.Positive(t, shrunk)
}
