// Package priority asks: one goroutine never gives way of its own accord. Can it keep all
// others from running, as the most urgent task of a real-time kernel can?
//
// scene.go has the programs: a goroutine that will not let go, and three that get in each
// other's way through a mutex. model.go runs the same programs under a kernel with fixed
// priorities. run puts both side by side, picture.go draws the three both ways, check
// judges. The page tells why.
package priority

import (
	"context"
	"embed"
	"runtime/debug"
	"slices"
	"time"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a goroutine cannot starve others, while a task of a kernel
// with fixed priorities can; with the one exception that is left in Go.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/priority",
	Question: "One P. A goroutine computes for a fifth of a second, without ever blocking or yielding. Others are runnable beside it. What can keep them from getting a single turn meanwhile?",
	Choices: []experiment.Choice{
		{
			Text:    "The loop itself: who does not block keeps the P.",
			Because: "That is how it is for the most urgent task of a kernel with fixed priorities, and it was so for many loops before Go 1.14. Now each of the others is let in about every 20 ms.",
		},
		{
			Text:    "Nothing at all: whatever it does, it is preempted.",
			Because: "Almost. Go code is preempted, but not code in assembly, and some calls of the standard library spend all their time in one stretch of that.",
		},
		{
			Text:    "One long call of a function that is written in assembly, such as sha512.Sum512 of a large buffer.",
			True:    true,
			Because: "The runtime does not know what the registers mean in the middle of such a function, so it lets it finish. A loop in Go is stopped anywhere.",
		},
		{
			Text:    "A higher priority: the runtime has them inside, for its own goroutines at least.",
			Because: "It has none. There are queues, and a turn at the front of one; nobody is more urgent than anybody for longer than that.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "others", Unit: "goroutines", Doc: "how many want a turn", Default: 3, Min: 1, Max: 20},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=1"},
	Needs:    experiment.Needs{NoRace: "it keeps notes about every byte of the large buffer"},
	Claims:   []string{"G18"},
	Files:    files,
}

// Turns are those that each of the others had while one kept computing; of the model, the
// fewest that any had. What one took is processor time. Orders are those in which the three of
// inversion were done.
type observed struct {
	Loop       []int64 `obs:"/loop/turns:turns"`
	LoopTook   int64   `obs:"/loop/took:nanoseconds"`
	Pieces     []int64 `obs:"/sha256/turns:turns"`
	PiecesTook int64   `obs:"/sha256/took:nanoseconds"`
	Whole      []int64 `obs:"/sha512/turns:turns"`
	WholeTook  int64   `obs:"/sha512/took:nanoseconds"`
	Assembly   bool    `obs:"/sha512/assembly:bool"` // whether it is in assembly on this processor

	Inversion []string `obs:"/inversion/order:goroutines"`
	Waited    int64    `obs:"/inversion/waited:nanoseconds"` // by the one called high, for the mutex

	ModelGo         int64 `obs:"/model/go/turns:turns"`
	ModelNoPreempt  int64 `obs:"/model/no-async-preempt/turns:turns"`
	ModelPriorities int64 `obs:"/model/priority/turns:turns"`

	InversionGo         []string `obs:"/model/go/inversion/order:goroutines"`
	InversionPriorities []string `obs:"/model/priority/inversion/order:goroutines"`
}

func run(ctx context.Context, r *experiment.Recorder) error {
	debug.SetGCPercent(-1) // a collection would preempt too
	n := r.Knob("others")
	seen := observed{Assembly: sha512InAssembly}
	var err error
	for policy, into := range map[string]*int64{
		"go": &seen.ModelGo, "no-async-preempt": &seen.ModelNoPreempt, "priority": &seen.ModelPriorities,
	} {
		if *into, err = fewest(ctx, policy, n); err != nil {
			return err
		}
	}
	if seen.InversionGo, err = inverted(ctx, "go"); err != nil {
		return err
	}
	if seen.InversionPriorities, err = inverted(ctx, "priority"); err != nil {
		return err
	}

	c := crowd(n)
	defer c.stop()
	var took, pieces, whole time.Duration
	seen.Loop, took = c.beside(loop)
	if seen.Pieces, pieces, err = c.besideHash(sha256Of); err != nil {
		return err
	}
	if seen.Whole, whole, err = c.besideHash(sha512Of); err != nil {
		return err
	}
	seen.LoopTook, seen.PiecesTook, seen.WholeTook = int64(took), int64(pieces), int64(whole)
	var f *film
	seen.Inversion, seen.Waited, f = inversion()
	r.Record(seen)
	f.draw(r)
	return drawKernel(ctx, r)
}

// atTheEnds is how many turns each other may have had before the call began and after
// it was over: the beginning and the end are read in Go, where one can be preempted.
const atTheEnds = 2

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if len(seen.Loop) == 0 || len(seen.Pieces) == 0 || len(seen.Whole) == 0 {
		return experiment.Refuted("nobody wanted a turn")
	}
	switch {
	case slices.Min(seen.Loop) == 0:
		return experiment.Refuted("a loop in Go starved one of the others for %v", time.Duration(seen.LoopTook))
	case slices.Min(seen.Pieces) == 0:
		return experiment.Refuted("one that hashes in pieces starved one of the others for %v", time.Duration(seen.PiecesTook))
	case seen.Assembly && slices.Max(seen.Whole) > atTheEnds:
		return experiment.Refuted("one of the others had %d turns during one call of assembly", slices.Max(seen.Whole))
	case before(seen.Inversion, "middle", "high"):
		return experiment.Refuted("the one called high waited until the one called middle was done")

	case seen.ModelGo == 0:
		return experiment.Refuted("with Go's rules, the model starves one of the others")
	case seen.ModelNoPreempt > 1: // one when the call has ended, as beside sha512
		return experiment.Refuted("without preemption, the model gives each of the others %d turns", seen.ModelNoPreempt)
	case seen.ModelPriorities != 0:
		return experiment.Refuted("with priorities, the model gives each of the others %d turns", seen.ModelPriorities)
	case before(seen.InversionGo, "middle", "high"):
		return experiment.Refuted("with Go's rules, the model has high wait for middle")
	case before(seen.InversionPriorities, "high", "middle"):
		return experiment.Refuted("with priorities, the model lets high in before middle is done")
	}
	return nil
}

// before reports whether the first comes before the second.
func before(order []string, first, second string) bool {
	return slices.Index(order, first) < slices.Index(order, second)
}
