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

// modelled returns the orders in which the model runs the scenes that were seen. The
// starts that belong to the global queue are every 61st, but nobody knows how many the P
// had counted before the first scene. So the model begins with each count in turn, until
// its orders are those that were seen. If they never are, they are those of the last try.
func modelled(ctx context.Context, seen ...[]int64) (orders [][]int64, err error) {
	var sizes []int
	for _, scene := range seen {
		sizes = append(sizes, len(scene))
	}
	p := program(sizes...)
	for tick := range uint32(turn) {
		r, err := model.Run(ctx, p, model.Config{Tick0: tick})
		if err != nil {
			return nil, err
		}
		orders = cut(r, sizes)
		if slices.EqualFunc(orders, seen, slices.Equal) {
			break
		}
	}
	return orders, nil
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
