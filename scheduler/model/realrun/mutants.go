package realrun

import (
	"context"
	"fmt"
	"strings"

	"lab.example/gopark/scheduler/model"
)

// Mutant is a model that is wrong on purpose. A comparison that cannot tell it from the
// runtime compares too little.
type Mutant struct {
	Name string
	model.Rules
}

// Mutants are wrong models, each wrong in one thing that matters on one P.
var Mutants = []Mutant{
	{"polls every 64th tick", model.Rules{Poll: 64}},
	{"polls every 60th tick", model.Rules{Poll: 60}},
	{"never polls", model.Rules{Quirks: model.NoPoll}},
	{"polls after runnext", model.Rules{Quirks: model.PollAfterRunnext}},
	{"takes 127 from the global queue", model.Rules{Batch: 127}},
	{"takes one from the global queue", model.Rules{Batch: 1}},
	{"has a ring of 255", model.Rules{Ring: 255}},
	{"puts the newcomer first at overflow", model.Rules{Quirks: model.OverflowNewest}},
	{"wakes in order at close", model.Rules{Quirks: model.CloseInOrder}},
	{"wakes senders before receivers", model.Rules{Quirks: model.SendersFirst}},
	{"broadcasts to the newest first", model.Rules{Quirks: model.BroadcastReversed}},
	{"wakes the newest waiter of a WaitGroup first", model.Rules{Quirks: model.GroupReversed}},
	{"puts new goroutines at the tail", model.Rules{Quirks: model.GoToTail}},
	{"puts woken goroutines at the tail", model.Rules{Quirks: model.WakeToTail}},
	{"puts yielding goroutines at the local tail", model.Rules{Quirks: model.YieldToLocal}},
	{"counts a tick for runnext", model.Rules{Quirks: model.RunnextTicks}},
	{"has no runnext", model.Rules{Quirks: model.NoRunnext}},
	{"sends who loses a mutex to the back", model.Rules{Quirks: model.LoserToBack}},
	{"hands mutexes over", model.Rules{Quirks: model.HandOffMutex}},
	{"has one global queue", model.Rules{Queue: "fifo"}},
}

// Death says how many programs of a corpus tell a mutant from the runtime.
type Death struct {
	Mutant
	Programs int       // that were compared
	Killers  int       // that differ
	First    *Mismatch // the first of them; nil if the mutant survives
}

// Kill runs the corpus on the real runtime once, and compares each mutant with that. An
// error of the right model is an error of Kill: whoever fails to match cannot judge.
func Kill(ctx context.Context, corpus []Request, mutants []Mutant) ([]Death, error) {
	runs, err := Do(ctx, corpus)
	if err != nil {
		return nil, err
	}
	for i, run := range runs {
		if run.Valid {
			if m := Diff(ctx, corpus[i], run, model.Rules{}); m != nil {
				return nil, fmt.Errorf("the model itself differs from the runtime:\n%s", m)
			}
		}
	}
	var deaths []Death
	for _, mutant := range mutants {
		d := Death{Mutant: mutant}
		for i, run := range runs {
			if !run.Valid {
				continue
			}
			d.Programs++
			if m := Diff(ctx, corpus[i], run, mutant.Rules); m != nil {
				d.Killers++
				if d.First == nil {
					d.First = m
				}
			}
		}
		if ctx.Err() != nil {
			return deaths, context.Cause(ctx)
		}
		deaths = append(deaths, d)
	}
	return deaths, nil
}

// String returns a line of text.
func (d Death) String() string {
	if d.First == nil {
		return fmt.Sprintf("SURVIVES %-44s none of %d programs", d.Name, d.Programs)
	}
	return fmt.Sprintf("dead     %-44s %d of %d programs, first %s", d.Name, d.Killers, d.Programs, strings.TrimSpace(d.First.Program.Name))
}
