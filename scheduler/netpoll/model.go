package netpoll

import (
	"context"
	"time"

	"lab.example/gopark/scheduler/model"
)

// program is the three sorts of waiters in the words of the model, one sort after the
// other, as in run. The connections are there from the beginning.
func program(receivers, connections, calls int) *model.Program {
	const settle, long = time.Millisecond, time.Second
	var root []model.Op
	for i, n := range []int{receivers, connections, calls} {
		if n > 0 {
			root = append(root, model.Times(n, model.Do(model.Go, 1+i)), model.For(model.Sleep, settle))
		}
	}
	return &model.Program{
		Chans: []int{0},
		Procs: [][]model.Op{
			root,
			model.Ops(model.Do(model.Recv, 0)),
			model.Ops(model.For(model.Net, long)),
			model.Ops(model.For(model.Syscall, long)),
		},
	}
}

// modelled is how many threads the model has at each stage; see observed.
type modelled struct {
	AtChannel int64 `obs:"/model/with-channel:threads"`
	AtNetwork int64 `obs:"/model/with-network:threads"`
	AtCall    int64 `obs:"/model/with-call:threads"`
}

// ask runs the model up to each stage.
func ask(ctx context.Context, receivers, connections, calls int) (m modelled, err error) {
	for _, stage := range []struct {
		program *model.Program
		threads *int64
	}{
		{program(receivers, 0, 0), &m.AtChannel},
		{program(receivers, connections, 0), &m.AtNetwork},
		{program(receivers, connections, calls), &m.AtCall},
	} {
		r, err := model.Run(ctx, stage.program, model.Config{Procs: 2})
		if err != nil {
			return m, err
		}
		*stage.threads = int64(r.Stats.Threads) + 1 // and sysmon
	}
	return m, nil
}
