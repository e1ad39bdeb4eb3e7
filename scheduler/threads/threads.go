// Package threads asks: how many threads does a program with one P have, and what
// becomes of them when they are not needed any more?
//
// crowd.go blocks goroutines in system calls and counts the threads that it takes,
// compute.go lets goroutines compute and reads how much processor they got, model.go asks
// the model how many threads it would have, picture.go keeps what the threads do. run puts
// the numbers together, check judges. The page tells why.
package threads

import (
	"context"
	"embed"
	"errors"
	"time"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that threads are kept for the next one who needs them, and
// that however many there are, no more than GOMAXPROCS run Go code.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/threads",
	Question: "GOMAXPROCS is 1. Sixteen goroutines block in system calls, all at once; they come back; then sixteen block again. How many threads are made for the second sixteen?",
	Choices: []experiment.Choice{
		{
			Text:    "None, neither time: GOMAXPROCS is the number of threads.",
			Because: "It is the number of threads that may run Go code at one time. One that waits in the kernel runs none, and every such call holds a thread of its own.",
		},
		{
			Text:    "Sixteen, as for the first: a thread ends when there is nothing for it to do.",
			Because: "Making a thread is expensive, so the runtime ends none that it may need. One with nothing to do is put on a list, asleep.",
		},
		{
			Text:    "Next to none: those of the first sixteen are still there.",
			True:    true,
			Because: "The threads of the first crowd sleep on a list of idle Ms. The second crowd wakes them up. The number of threads is that of the largest crowd so far.",
		},
		{
			Text:    "It depends on the kernel: it decides how to spread goroutines over threads.",
			Because: "The kernel knows threads and has never heard of goroutines. Which goroutine gets a thread is decided in the program, by the runtime.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "calls", Unit: "calls", Doc: "how many block at once", Default: 16, Min: 10, Max: 30},
		{Name: "compute", Unit: "goroutines", Doc: "how many compute at once", Default: 8, Min: 2, Max: 100},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=1"},
	Needs:    experiment.Needs{Linux: true, Cores: 2},
	Claims:   []string{"G1", "G15", "G16"},
	Files:    files,
}

type observed struct {
	Calls  int64 `obs:"/calls/at-once:calls"`
	InARow int64 `obs:"/calls/in-a-row:calls"`

	Start  int64 `obs:"/threads/start:threads"`    // with nothing to do but this
	Row    int64 `obs:"/threads/in-a-row:threads"` // after as many calls, one after the other
	First  int64 `obs:"/threads/first:threads"`    // while the first crowd is blocked
	Pause  int64 `obs:"/threads/pause:threads"`    // when all of it has come back
	Second int64 `obs:"/threads/second:threads"`   // while the second crowd is blocked

	Computing int64   `obs:"/compute/at-once:goroutines"`
	Cores     float64 `obs:"/compute/used:cores"` // processor time per time, of the whole process

	modelled
}

const (
	inARow      = 20 // calls that block one after the other
	drawnInARow = 3  // of them, the first: the others look the same
)

func run(ctx context.Context, r *experiment.Recorder) (err error) {
	seen := observed{Calls: int64(r.Knob("calls")), InARow: inARow, Computing: int64(r.Knob("compute"))}
	count := func(into *int64) {
		var failed error
		*into, failed = threads()
		err = errors.Join(err, failed)
	}
	p := picture{now: r.Since}
	nobody := func() {}
	count(&seen.Start)
	for i := range inARow {
		about, look := nobody, nobody
		if i < drawnInARow {
			about, look = p.calls, p.runs
		}
		err = errors.Join(err, crowd(ctx, 1, about, look))
		if i < drawnInARow {
			err = errors.Join(err, p.rests(ctx))
		}
	}
	count(&seen.Row)
	err = errors.Join(err, crowd(ctx, int(seen.Calls), p.calls, func() {
		p.runs()
		count(&seen.First)
	}))
	count(&seen.Pause)
	err = errors.Join(err, p.rests(ctx))
	err = errors.Join(err, crowd(ctx, int(seen.Calls), p.calls, func() {
		p.runs()
		count(&seen.Second)
	}))
	if err != nil {
		return err
	}
	// All those threads are still there while these compute.
	if seen.Cores, err = compute(int(seen.Computing), 200*time.Millisecond); err != nil {
		return err
	}
	if seen.modelled, err = ask(ctx, int(seen.Calls)); err != nil {
		return err
	}
	r.Record(seen)
	p.draw(r)
	return nil
}

const (
	// few is how many threads the runtime may add for reasons of its own.
	few = 4

	// inGo is how many threads are in no call meanwhile: that which counts, and sysmon.
	inGo = 2

	// oneCore is what one P can use, with something on top for the threads of the
	// runtime that need no P: sysmon, and the kernel's work for the sleepers.
	oneCore = 1.3
)

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	switch {
	case seen.Start < 2:
		return experiment.Refuted("a program with one P has %d thread", seen.Start)
	case seen.Row > seen.Start+few:
		return experiment.Refuted("%d calls, one after the other, made %d threads", seen.InARow, seen.Row-seen.Start)
	case seen.First < seen.Calls+inGo:
		return experiment.Refuted("%d calls were blocked at once in %d threads", seen.Calls, seen.First)
	case seen.Pause < seen.First:
		return experiment.Refuted("of %d threads, %d were left when the calls had come back", seen.First, seen.Pause)
	case seen.Second > seen.First+few:
		return experiment.Refuted("the second %d calls needed %d threads more than the first", seen.Calls, seen.Second-seen.First)
	case seen.First < seen.modelled.First:
		return experiment.Refuted("%d calls at once had %d threads, and the model of the scheduler needs %d", seen.Calls, seen.First, seen.modelled.First)
	case seen.First-seen.Row > seen.modelled.First-seen.modelled.Row+few:
		return experiment.Refuted("%d calls at once made %d threads more, and in the model of the scheduler %d",
			seen.Calls, seen.First-seen.Row, seen.modelled.First-seen.modelled.Row)
	case seen.modelled.Second != seen.modelled.First:
		return experiment.Refuted("in the model of the scheduler the second %d calls made %d threads", seen.Calls, seen.modelled.Second-seen.modelled.First)
	case seen.Cores > oneCore:
		return experiment.Refuted("%d goroutines used %.2f cores with one P", seen.Computing, seen.Cores)
	}
	return nil
}
