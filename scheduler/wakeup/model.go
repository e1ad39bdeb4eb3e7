package wakeup

import (
	"context"

	"lab.example/gopark/scheduler/model"
)

// The scenes in the words of the model. Its root goroutine parks the others, wakes them
// and waits; goroutine i+1 is number i. WaitGroup 0 is for the end, as the one of play.

// lineUpOps parks n goroutines of procedure 1. One yield in 61 comes back at once, so it
// takes two to be sure that the other one has begun.
func lineUpOps(n int) model.Op {
	return model.Times(n,
		model.Do(model.Add, 0), model.Do(model.Go, 1), model.Times(2, model.Do(model.Yield)))
}

// scenePlay is play: each of n goroutines waits with the operations wait, and wake wakes
// them all.
func scenePlay(n int, wait []model.Op, wake ...model.Op) [][]model.Op {
	root := append(model.Ops(lineUpOps(n)), wake...)
	return [][]model.Op{
		append(root, model.Do(model.Wait, 0)),
		append(wait, model.Do(model.Done, 0)),
	}
}

func modelClose(n int) *model.Program {
	return &model.Program{
		Chans: []int{0}, WaitGroups: []int{0},
		Procs: scenePlay(n, model.Ops(model.Do(model.Recv, 0)), model.Do(model.Close, 0)),
	}
}

func modelSends(n int) *model.Program {
	return &model.Program{
		Chans: []int{0}, WaitGroups: []int{0},
		Procs: scenePlay(n, model.Ops(model.Do(model.Recv, 0)), model.Times(n, model.Do(model.Send, 0))),
	}
}

func modelDone(n int) *model.Program {
	return &model.Program{
		WaitGroups: []int{0, 1},
		Procs:      scenePlay(n, model.Ops(model.Do(model.Wait, 1)), model.Do(model.Done, 1)),
	}
}

func modelBroadcast(n int) *model.Program {
	lock, unlock := model.Do(model.Lock, 0), model.Do(model.Unlock, 0)
	return &model.Program{
		Mutexes: 1, Conds: []int{0}, WaitGroups: []int{0},
		Procs: scenePlay(n, model.Ops(lock, model.Do(model.CondWait, 0), unlock),
			lock, unlock, model.Do(model.Broadcast, 0)),
	}
}

// modelOvertake is overtake: procedure 1 is the one that is woken, 2 the bystanders.
func modelOvertake() *model.Program {
	return &model.Program{
		Chans: []int{0}, WaitGroups: []int{0},
		Procs: [][]model.Op{
			model.Ops(lineUpOps(1),
				model.Times(bystanders, model.Do(model.Add, 0), model.Do(model.Go, 2)),
				model.Do(model.Send, 0), model.Do(model.Wait, 0)),
			model.Ops(model.Do(model.Recv, 0), model.Do(model.Done, 0)),
			model.Ops(model.Do(model.Done, 0)),
		},
	}
}

// modelled is the orders of the five scenes as the model has them; see observed.
type modelled struct {
	Overtake  []int64 `obs:"/model/overtake:goroutines"`
	Close     []int64 `obs:"/model/close:goroutines"`
	Sends     []int64 `obs:"/model/sends:goroutines"`
	WaitGroup []int64 `obs:"/model/waitgroup:goroutines"`
	Broadcast []int64 `obs:"/model/broadcast:goroutines"`
}

// playModel plays the five scenes with n who wait.
func playModel(ctx context.Context, n int) (m modelled, err error) {
	for _, scene := range []struct {
		program *model.Program
		order   *[]int64
	}{
		{modelOvertake(), &m.Overtake},
		{modelClose(n), &m.Close},
		{modelSends(n), &m.Sends},
		{modelDone(n), &m.WaitGroup},
		{modelBroadcast(n), &m.Broadcast},
	} {
		r, err := model.Run(ctx, scene.program, model.Config{})
		if err != nil {
			return m, err
		}
		for _, g := range r.Exits() {
			if g > 0 { // the root is 0
				*scene.order = append(*scene.order, int64(g)-1)
			}
		}
	}
	return m, nil
}
