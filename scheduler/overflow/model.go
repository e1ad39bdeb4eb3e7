package overflow

import (
	"context"
	"slices"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/scheduler/model"
)

// program is the three scenes in the words of the model, one after the other, each on an
// empty queue as in create. Its root goroutine is the creator; the others are numbered
// from 1 on through all scenes.
func program(sizes ...int) *model.Program {
	var root []model.Op
	for _, n := range sizes {
		root = append(root,
			model.Times(experiment.Settling, model.Do(model.Yield)),
			model.Times(n, model.Do(model.Add, 0), model.Do(model.Go, 1)),
			model.Do(model.Wait, 0))
	}
	return &model.Program{
		WaitGroups: []int{0},
		Procs:      [][]model.Op{root, model.Ops(model.Do(model.Done, 0))},
	}
}

// modelled returns the orders in which the model runs the scenes that were seen. If they
// are not those, whichever starts look at the global queue first, they are those of the
// last try.
func modelled(ctx context.Context, seen ...[]int64) (orders [][]int64, err error) {
	var sizes []int
	for _, scene := range seen {
		sizes = append(sizes, len(scene))
	}
	_, err = model.RunLike(ctx, program(sizes...), model.Config{}, func(r *model.Result) bool {
		orders = cut(r, sizes)
		return slices.EqualFunc(orders, seen, slices.Equal)
	})
	return orders, err
}

// cut returns the order of each scene of a run.
func cut(r *model.Result, sizes []int) (orders [][]int64) {
	var all []int64
	for _, g := range r.Exits() {
		if g > 0 { // the root is 0
			all = append(all, int64(g))
		}
	}
	first := int64(1) // of the scene
	for _, n := range sizes {
		order := all[:n]
		all = all[n:]
		for i := range order {
			order[i] -= first
		}
		first += int64(n)
		orders = append(orders, order)
	}
	return orders
}
