package stealing

import (
	"context"
	"time"

	"lab.example/gopark/scheduler/model"
)

// program is oneVictim in the words of the model. Its root goroutine creates the others,
// and goroutine i+2 is number i; goroutine 1 is the guard. Whoever holds a P computes,
// for longer than what it waits for can take.
func program(n int) *model.Program {
	const guarded, created, all = 100 * time.Microsecond, 200 * time.Microsecond, time.Millisecond
	return &model.Program{
		Procs: [][]model.Op{
			model.Ops(model.Do(model.Go, 1), model.For(model.CPU, guarded),
				model.Times(n, model.Do(model.Go, 2)), model.For(model.CPU, all)),
			model.Ops(model.For(model.CPU, created)),
			model.Ops(),
		},
	}
}

// modelled returns the order in which the model runs n goroutines, and how many of them
// the other P stole.
func modelled(ctx context.Context, n int) (order []int64, stolen int64, err error) {
	p := program(n)
	r, err := model.Run(ctx, p, model.Config{Procs: 2})
	if err != nil {
		return nil, 0, err
	}
	for _, g := range r.Exits() {
		if g > 1 { // behind the root and the guard
			order = append(order, int64(g)-2)
		}
	}
	return order, int64(r.Stats.Stolen) - 1, nil // the guard was stolen too
}
