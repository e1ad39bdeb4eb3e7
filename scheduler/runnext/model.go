package runnext

import (
	"context"
	"slices"

	"lab.example/gopark/scheduler/model"
)

// program is create in the words of the model. Its root goroutine is the creator, and
// goroutine i+1 is number i.
func program(n int) *model.Program {
	return &model.Program{
		WaitGroups: []int{0},
		Procs: [][]model.Op{
			model.Ops(model.Times(n, model.Do(model.Add, 0), model.Do(model.Go, 1)), model.Do(model.Wait, 0)),
			model.Ops(model.Do(model.Done, 0)),
		},
	}
}

// period is how often a P looks at the global queue first, in starts.
const period = 61

// modelled returns the order in which the model runs as many as were seen. Beyond 257
// it depends on a number that no program can read: how many starts the P had counted
// before, modulo 61. So the model begins with each of them in turn, until its order is
// the one that was seen. If it never is, the order is that of the last try.
func modelled(ctx context.Context, seen []int64) (order []int64, err error) {
	p := program(len(seen))
	for tick := range uint32(period) {
		r, err := model.Run(ctx, p, model.Config{Tick0: tick})
		if err != nil {
			return nil, err
		}
		order = order[:0]
		for _, g := range r.Exits() {
			if g > 0 { // the root is 0
				order = append(order, int64(g)-1)
			}
		}
		if slices.Equal(order, seen) {
			break
		}
	}
	return order, nil
}
