package poll

import (
	"context"

	"lab.example/gopark/scheduler/model"
)

// program is yield in the words of the model, with as many yields as are told: the model
// has no loop that ends when all have run.
func program(n, yields int) *model.Program {
	return &model.Program{
		Procs: [][]model.Op{
			model.Ops(model.Times(n, model.Do(model.Go, 1)), model.Times(yields, model.Do(model.Yield))),
			model.Ops(),
		},
	}
}

// modelled returns how many run at each yield of the model, whose count of starts is the
// one that align has brought about.
func modelled(ctx context.Context, n, offset int) (waited []int64, err error) {
	p := program(n, n/(period-1)+2)
	r, err := model.Run(ctx, p, model.Config{Tick0: uint32(1 + offset)})
	if err != nil {
		return nil, err
	}
	left, ran := int64(n), int64(0)
	for step := range r.Steps() {
		switch {
		case step.Op.Kind == model.Yield:
			if left > 0 {
				waited = append(waited, ran)
			}
			left, ran = left-ran, 0
		case step.Op.Kind == model.Exit && step.G > 0:
			ran++
		}
	}
	return waited, nil
}
