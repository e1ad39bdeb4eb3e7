package handoff

import (
	"context"
	"time"

	"lab.example/gopark/scheduler/model"
)

// program is blocking in the words of the model, twice: the first time to have a fresh
// sysmon, the second after computing for so long. Nobody can end a call of the model; each
// lasts for longer than its hand-off will take.
func program(spin time.Duration) *model.Program {
	blocking := func(d time.Duration) []model.Op {
		return model.Ops(model.Do(model.Go, 1), model.For(model.Syscall, d))
	}
	root := blocking(first)
	if spin > 0 {
		root = append(root, model.For(model.CPU, spin))
	}
	root = append(root, blocking(time.Second)...)
	return &model.Program{Procs: [][]model.Op{root, model.Ops()}}
}

// first is how long the first call lasts.
const first = time.Millisecond

// ask returns how long it takes in the model from the second call to the start of the
// other one. The clock is the model's, on which it takes 5 µs to wake a thread.
func ask(ctx context.Context, spin time.Duration) (time.Duration, error) {
	const second = 2 // goroutine 1 was started during the first call
	var started time.Duration
	_, err := model.Run(ctx, program(spin), model.Config{Observe: func(o model.Observed) {
		if o.What == model.Start && o.G == second {
			started = time.Duration(o.At)
		}
	}})
	return started - (first + spin), err
}

// modelled is the hand-offs of the model.
type modelled struct {
	Fresh int64   `obs:"/model/fresh:ns"`
	Tired []int64 `obs:"/model/tired:ns"` // after computing for as long as the knob says, and for 1 to 9 ms more
}

func askAll(ctx context.Context, spin time.Duration) (m modelled, err error) {
	fresh, err := ask(ctx, 0)
	if err != nil {
		return m, err
	}
	m.Fresh = int64(fresh)
	for range 10 { // sysmon looks every 10 ms: each call meets it at another moment
		tired, err := ask(ctx, spin)
		if err != nil {
			return m, err
		}
		m.Tired = append(m.Tired, int64(tired))
		spin += time.Millisecond
	}
	return m, nil
}
