package slice

import (
	"context"
	"time"

	"lab.example/gopark/scheduler/model"
)

// program is the two goroutines in the words of the model: each computes for so long.
func program(d time.Duration) *model.Program {
	return &model.Program{
		Procs: [][]model.Op{
			model.Ops(model.Times(2, model.Do(model.Go, 1))),
			model.Ops(model.For(model.CPU, d)),
		},
	}
}

// modelled returns the lengths of so many slices on the clock of the model, without
// those of the beginning. That clock knows nothing of a busy machine.
func modelled(ctx context.Context, want int) (lengths []int64, err error) {
	var began int64
	_, err = model.Run(ctx, program(time.Duration(warmUp+want)*usual), model.Config{Observe: func(o model.Observed) {
		switch o.What {
		case model.Start:
			began = o.At
		case model.Preempt:
			lengths = append(lengths, o.At-began)
		}
	}})
	if err != nil {
		return nil, err
	}
	return lengths[warmUp : warmUp+want], nil
}
