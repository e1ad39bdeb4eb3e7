package threads

import (
	"context"
	"time"

	"lab.example/gopark/scheduler/model"
)

// program is the experiment in the words of the model: so many calls in a row, then a
// crowd, then a second crowd. How long a call blocks does not matter, if it is for long.
func program(row, first, second int) *model.Program {
	atOnce := func(n int) []model.Op {
		if n == 0 {
			return nil
		}
		return model.Ops(
			model.Times(n, model.Do(model.Add, 0), model.Do(model.Go, 1)),
			model.Do(model.Wait, 0))
	}
	root := model.Ops(model.Times(row, atOnce(1)...))
	root = append(root, atOnce(first)...)
	root = append(root, atOnce(second)...)
	return &model.Program{
		WaitGroups: []int{0},
		Procs: [][]model.Op{
			root,
			model.Ops(model.For(model.Syscall, 50*time.Millisecond), model.Do(model.Done, 0)),
		},
	}
}

// modelled is how many threads the model has at each stage; see observed.
type modelled struct {
	Row    int64 `obs:"/model/in-a-row:threads"`
	First  int64 `obs:"/model/first:threads"`
	Second int64 `obs:"/model/second:threads"`
}

// ask runs the model up to each stage, with n calls in a crowd.
func ask(ctx context.Context, n int) (m modelled, err error) {
	for _, stage := range []struct {
		program *model.Program
		threads *int64
	}{
		{program(inARow, 0, 0), &m.Row},
		{program(inARow, n, 0), &m.First},
		{program(inARow, n, n), &m.Second},
	} {
		r, err := model.Run(ctx, stage.program, model.Config{})
		if err != nil {
			return m, err
		}
		*stage.threads = int64(r.Stats.Threads) + 1 // and sysmon
	}
	return m, nil
}
