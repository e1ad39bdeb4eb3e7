// Package runnext asks: of ten goroutines created in a row on one P, which runs first?
//
// create is the program, Run records the order in which it executes, model.go what the
// model makes of it, check says what the order must be. The page tells why.
package runnext

import (
	"context"
	"embed"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that the newest goroutine runs first.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/runnext",
	Question: "One P. A goroutine creates ten others in a row, numbered 0 to 9, and then waits for them. Which of them runs first?",
	Choices: []experiment.Choice{
		{
			Text:    "Number 0: a run queue is first in, first out.",
			Because: "The ring of the run queue is first in, first out. But a new goroutine does not enter the ring: it enters a slot in front of it.",
		},
		{
			Text:    "Number 9: the last one created runs first.",
			True:    true,
			Because: "Each new goroutine takes the runnext slot and pushes the one before it to the tail of the ring. Number 9 is left in the slot, and the slot is looked at first.",
		},
		{
			Text:    "Any of them: the order of goroutines is random.",
			Because: "The language promises no order, but on one P the runtime draws no lots: the order is the same every time. Only a build with the race detector shuffles on purpose.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "goroutines", Unit: "goroutines", Doc: "how many are created", Default: 10, Min: 1, Max: 1000},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=1"},
	Needs:    experiment.Needs{NoRace: "it makes the runtime put new goroutines on the queue in random order"},
	Claims:   []string{"G4"},
	Files:    files,
}

type observed struct {
	Created int64   `obs:"/goroutines/created:goroutines"`
	Order   []int64 `obs:"/goroutines/order:goroutines"` // by number, first to run first
	Model   []int64 `obs:"/model/order:goroutines"`      // likewise, as the model has it
}

// create starts n goroutines in a row, each of which reports its number, and waits
// for all of them.
func create(n int, created, ran func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		created(i)
		wg.Go(func() { ran(i) })
	}
	wg.Wait()
}

func run(ctx context.Context, r *experiment.Recorder) error {
	// A collection would put its own workers on the queue.
	debug.SetGCPercent(-1)

	n := r.Knob("goroutines")
	born, began := make([]time.Duration, n), make([]time.Duration, n)
	order := make([]int64, n)
	attempt := func() time.Duration {
		var turn atomic.Int64
		experiment.Settle()
		start := r.Since()
		create(n,
			func(i int) { born[i] = r.Since() },
			func(i int) {
				began[i] = r.Since()
				order[turn.Add(1)-1] = int64(i)
			})
		// From the first creation to the first run, the creator must not have been
		// preempted; from then on the goroutines are too short to be.
		return r.Since() - start
	}
	attempt() // the first time, goroutines and their stacks are fetched from the system
	if err := r.Undisturbed(attempt); err != nil {
		return err
	}
	model, err := modelled(ctx, order)
	if err != nil {
		return err
	}
	r.Record(observed{int64(n), order, model})
	draw(r, born, began, order)
	return nil
}

func draw(r *experiment.Recorder, born, began []time.Duration, order []int64) {
	moved := func(at time.Duration, i int, from, to timeline.State) {
		r.Event(timeline.Event{At: at, Provenance: timeline.Observed, Subject: timeline.G(i), From: from, To: to})
	}
	for i, at := range born {
		moved(at, i, timeline.NotExist, timeline.Runnable)
	}
	for _, i := range order {
		at := began[i]
		moved(at, int(i), timeline.Runnable, timeline.Running)
		moved(at, int(i), timeline.Running, timeline.NotExist)
	}
}

// ringAndNext is how many goroutines a P can hold: a ring of 256 and runnext. With
// more, half of the ring moves to the global queue, and only the first to run is as
// simple to say: for the others there is the model.
const ringAndNext = 256 + 1

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	newest := seen.Created - 1
	if len(seen.Order) == 0 || int64(len(seen.Order)) != seen.Created {
		return experiment.Refuted("%d of %d goroutines ran", len(seen.Order), seen.Created)
	}
	// Where half of the ring has moved, one start in 61 takes the oldest from the global
	// queue before anything else, and this may be the one.
	first := seen.Order[0]
	if first == 0 && seen.Created > ringAndNext {
		first = seen.Order[1]
	}
	if first != newest {
		return experiment.Refuted("number %d ran first, not the newest, number %d", first, newest)
	}
	if seen.Created <= ringAndNext && !slices.IsSorted(seen.Order[1:]) {
		return experiment.Refuted("after the newest, the others did not run in the order of their creation: %v", seen.Order)
	}
	if !slices.Equal(seen.Order, seen.Model) {
		return experiment.Refuted("the order is not that of the model of the scheduler: %v", seen.Model)
	}
	return nil
}
