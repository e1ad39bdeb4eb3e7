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

// modelled returns the order in which the model runs as many as were seen. Beyond 257
// it depends on which starts look at the global queue first; if with none of them the
// order is the one that was seen, it is that of the last try.
func modelled(ctx context.Context, seen []int64) (order []int64, err error) {
	_, err = model.RunLike(ctx, program(len(seen)), model.Config{}, func(r *model.Result) bool {
		order = order[:0]
		for _, g := range r.Exits() {
			if g > 0 { // the root is 0
				order = append(order, int64(g)-1)
			}
		}
		return slices.Equal(order, seen)
	})
	return order, err
}
