package priority

import (
	"context"
	"fmt"
	"slices"

	"lab.example/gopark/scheduler/model"
)

// The marks that the programs make.
const (
	turn    = iota // one of the others runs
	begins         // the hog begins
	ends           // the hog is done
	lowDone        // and so on
	middleDone
	highDone
)

// hogProgram is beside(loop) in the words of the model: one that computes, and n others
// that yield. The hog is the more urgent, where the rules care.
func hogProgram(n int) *model.Program {
	const hog, other = 1, 2
	return &model.Program{Procs: [][]model.Op{
		model.Ops(model.Do(model.Go, hog), model.Times(n, model.Do(model.Go, other))),
		model.Ops(
			model.Do(model.Priority, 1),
			model.Do(model.Mark, begins), model.For(model.CPU, hogging), model.Do(model.Mark, ends)),
		model.Ops(model.Times(100, model.Do(model.Mark, turn), model.Do(model.Yield))),
	}}
}

// The three of the inversion are goroutines 1, 2 and 3, of the model as well.
const (
	low = 1 + iota
	middle
	high
)

var names = []string{low: "low", middle: "middle", high: "high"}

// inversionProgram is inversion in the words of the model.
func inversionProgram() *model.Program {
	const toHigh, toMiddle = 0, 1
	return &model.Program{
		Chans:   []int{0, 0},
		Mutexes: 1,
		Procs: [][]model.Op{
			model.Ops(model.Do(model.Go, low), model.Do(model.Go, middle), model.Do(model.Go, high)),
			model.Ops(
				model.Do(model.Priority, low),
				model.Do(model.Lock, 0),
				model.Do(model.Send, toHigh), model.Do(model.Send, toMiddle),
				model.For(model.CPU, holding),
				model.Do(model.Unlock, 0),
				model.Do(model.Mark, lowDone)),
			model.Ops(
				model.Do(model.Priority, middle),
				model.Do(model.Recv, toMiddle),
				model.For(model.CPU, filling),
				model.Do(model.Mark, middleDone)),
			model.Ops(
				model.Do(model.Priority, high),
				model.Do(model.Recv, toHigh),
				model.Do(model.Lock, 0),
				model.Do(model.Mark, highDone),
				model.Do(model.Unlock, 0)),
		},
	}
}

// mark is a goroutine that passed a mark.
type mark struct{ g, what int }

// marks returns those that a program passes under a policy, in order.
func marks(ctx context.Context, p *model.Program, policy string) ([]mark, error) {
	rules, known := model.PolicyNamed(policy)
	if !known {
		return nil, fmt.Errorf("model: there is no policy %q", policy)
	}
	result, err := model.Run(ctx, p, model.Config{Rules: rules.Rules})
	if err != nil {
		return nil, err
	}
	var all []mark
	for step := range result.Steps() {
		if step.Op.Kind == model.Mark {
			all = append(all, mark{step.G, step.Op.Arg})
		}
	}
	return all, nil
}

// fewest returns how many turns that one of n others had who had the fewest, from the
// hog's beginning to its end.
func fewest(ctx context.Context, policy string, n int) (int64, error) {
	all, err := marks(ctx, hogProgram(n), policy)
	if err != nil {
		return 0, err
	}
	const hog = 1
	from, to := slices.Index(all, mark{hog, begins}), slices.Index(all, mark{hog, ends})
	turns := make([]int64, n)
	for _, m := range all[from+1 : to] {
		turns[m.g-hog-1]++
	}
	return slices.Min(turns), nil
}

// inverted returns the order in which the three of the inversion are done.
func inverted(ctx context.Context, policy string) (order []string, err error) {
	all, err := marks(ctx, inversionProgram(), policy)
	for _, m := range all {
		order = append(order, names[m.g])
	}
	return order, err
}
