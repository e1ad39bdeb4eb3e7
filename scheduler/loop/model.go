package loop

import (
	"context"
	"time"

	"lab.example/gopark/scheduler/model"
)

// quick is what an operation of the model costs here. A round of a loop that does
// nothing else is two of them.
const quick = time.Microsecond

// deaf is the loops that do not look, plain and leaf, in the words of the model: they
// use the processor and do nothing else. Beside them procedure 1 yields all the time.
func deaf(long time.Duration) *model.Program {
	return beside(model.For(model.CPU, long))
}

// hears is the loop that looks, deep: it consists of operations, and the model looks
// before each of them whether the goroutine should give way.
func hears(long time.Duration) *model.Program {
	return beside(model.Times(int(long/(2*quick)), model.Do(model.Mark)))
}

func beside(loop model.Op) *model.Program {
	const turns = 10_000 // more than fit into any of the loops
	return &model.Program{
		Procs: [][]model.Op{
			model.Ops(model.Do(model.Go, 1), loop),
			model.Ops(model.Times(turns, model.Do(model.Yield))),
		},
	}
}

// modelled is how many turns the other goroutine has during each loop of the model.
type modelled struct {
	Deaf    int64 `obs:"/model/deaf:turns"`
	Hears   int64 `obs:"/model/hears:turns"`
	Signals int64 `obs:"/model/deaf-with-signals:turns"` // the deaf loop with asynchronous preemption
}

// ask runs the model with loops that are as long as those of run.
func ask(ctx context.Context, long time.Duration) (m modelled, err error) {
	costs := model.DefaultCosts
	costs.Op = int64(quick)
	for _, scene := range []struct {
		program *model.Program
		quirks  model.Quirk
		turns   *int64
	}{
		{deaf(long), model.NoAsyncPreempt, &m.Deaf},
		{hears(3 * long), model.NoAsyncPreempt, &m.Hears},
		{deaf(long), 0, &m.Signals},
	} {
		r, err := model.Run(ctx, scene.program, model.Config{Costs: costs, Rules: model.Rules{Quirks: scene.quirks}})
		if err != nil {
			return m, err
		}
		for step := range r.Steps() {
			if step.G == 0 && step.Op.Kind == model.Exit {
				break // what comes then is no turn during the loop
			}
			if step.G == 1 && step.Op.Kind == model.Yield {
				*scene.turns++
			}
		}
	}
	return m, nil
}
