package pinned

import (
	"context"

	"lab.example/gopark/scheduler/model"
)

// program is rally in the words of the model. Channel 0 leads there, channel 1 back.
func program(turns int, locked bool) *model.Program {
	player := func(play ...model.Op) []model.Op {
		ops := model.Ops(model.Times(turns/2, play...), model.Do(model.Done, 0))
		if locked {
			ops = append(model.Ops(model.Do(model.LockThread)), ops...)
		}
		return ops
	}
	return &model.Program{
		Chans: []int{0, 0}, WaitGroups: []int{2},
		Procs: [][]model.Op{
			model.Ops(model.Do(model.Go, 1), model.Do(model.Go, 2), model.Do(model.Wait, 0)),
			player(model.Do(model.Send, 0), model.Do(model.Recv, 1)),
			player(model.Do(model.Recv, 0), model.Do(model.Send, 1)),
		},
	}
}

// wakes returns how often a thread of the model is woken in a rally, and the beginning of
// that rally. One that is woken has slept, but for those that are new.
func wakes(ctx context.Context, turns int, locked bool) (n int64, f *film, err error) {
	f = new(film)
	r, err := model.Run(ctx, program(turns, locked), model.Config{NoLog: true, Observe: func(o model.Observed) {
		f.see(o)
		if o.What == model.WakeThread {
			n++
		}
	}})
	if err != nil {
		return 0, nil, err
	}
	f.ended = r.Elapsed
	return n, f, nil
}
