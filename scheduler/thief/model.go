package thief

import (
	"context"
	"slices"
	"time"

	"lab.example/gopark/scheduler/model"
)

// program is offer in the words of the model. Its root goroutine makes the others, and
// goroutine i+2 is number i; goroutine 1 holds the other P. Whoever holds a P computes,
// for longer than what it waits for can take. Before that, goroutine 1 yields as often as
// starts says: nobody else is runnable then, so the other P counts one start each time.
func program(n, starts int) *model.Program {
	const ready, made, all = 100 * time.Microsecond, 200 * time.Microsecond, time.Millisecond
	return &model.Program{
		Procs: [][]model.Op{
			model.Ops(model.Do(model.Go, 1), model.For(model.CPU, ready),
				model.Times(n, model.Do(model.Go, 2)), model.For(model.CPU, all)),
			model.Ops(model.Times(starts, model.Do(model.Yield)), model.For(model.CPU, made)),
			model.Ops(),
		},
	}
}

// period is how often a P looks at the global queue first, in starts.
const period = 61

// modelled returns the order in which the model runs as many as were seen. It depends on
// a number that no program can read: how many starts the other P had counted before. So
// the model tries all there are, modulo 61, until its order is the one that was seen. If
// it never is, the order is that of the last try.
func modelled(ctx context.Context, seen []int64) (order []int64, err error) {
	for starts := range period {
		p := program(len(seen), 1+starts) // 1: a loop has at least one round
		r, err := model.Run(ctx, p, model.Config{Procs: 2})
		if err != nil {
			return nil, err
		}
		order = order[:0]
		for _, g := range r.Exits() {
			if g > 1 { // behind the root and the guard
				order = append(order, int64(g)-2)
			}
		}
		if slices.Equal(order, seen) {
			break
		}
	}
	return order, nil
}
