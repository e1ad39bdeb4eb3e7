// Package spinning asks: eight Ps, seven of them idle, and one goroutine makes 64 others
// ready. How many threads look for work at the same time?
//
// burst is the program, and what is looked at is the state that the runtime prints while
// it runs (package schedtrace reads it). model.go has the same program, and another one,
// on a machine whose threads can be counted one by one. run records both, check judges.
// The page tells why.
package spinning

import (
	"context"
	"embed"
	"errors"
	"strings"
	"sync"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/scheduler/schedtrace"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that threads are woken one at a time, and that those who look
// for work are few.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/spinning",
	Question: "Eight Ps, of which seven are idle. A goroutine creates 64 others, as fast as it can. How many threads look for work at the same time, or have been woken to do so?",
	Choices: []experiment.Choice{
		{
			Text:    "Seven: each new goroutine wakes a thread, until no P is idle.",
			Because: "Most of them would find nothing: the first to come takes half of what there is. So who makes a goroutine ready wakes a thread only if nobody is looking yet.",
		},
		{
			Text:    "All that have nothing to do: threads without work look for it all the time.",
			Because: "They look for a few microseconds and then sleep. A thread that looks without end uses a core as much as one that works.",
		},
		{
			Text:    "One, as a rule.",
			True:    true,
			Because: "One is woken. When it has found something it wakes the next one before it runs it, and so on: a chain, at most one link of which is looking.",
		},
		{
			Text:    "None: the goroutines are put on the idle Ps, and only those Ps' threads wake up.",
			Because: "Nobody puts a goroutine on the queue of another P. All 64 are queued where they were created, and the others have to come and take them.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "goroutines", Unit: "goroutines", Doc: "how many are created in a burst", Default: 64, Min: 32, Max: 200},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=8", "GODEBUG=schedtrace=1"},
	Needs:    experiment.Needs{Cores: 2},
	Files:    files,
}

// What the runtime printed is in the Ending of the process: the first lines of its
// standard error.
type observed struct {
	Bursts int64 `obs:"/bursts/made:bursts"`

	Woken   int64 `obs:"/model/woken:threads"`
	AtOnce  int64 `obs:"/model/woken/at-once:threads"`
	InLoop  int64 `obs:"/model/woken/by-creator:threads"`
	Look    int64 `obs:"/model/out-of-work/look:threads"`
	GiveUp  int64 `obs:"/model/out-of-work/give-up:threads"`
	InModel int64 `obs:"/model/procs:processors"`
}

const (
	// procs is what Env says.
	procs = 8

	// bursts take long enough for the runtime to print more than is kept.
	bursts = 300

	// each is for how long a goroutine computes.
	each = 50 * time.Microsecond
)

func run(ctx context.Context, r *experiment.Recorder) error {
	n := r.Knob("goroutines")
	w, err := wakesOf(ctx, procs, n)
	if err != nil {
		return err
	}
	for _, e := range w.events {
		r.Event(e)
	}
	seen := observed{Bursts: bursts, InModel: procs, Woken: w.threads, AtOnce: w.atOnce, InLoop: w.inLoop}
	if seen.Look, seen.GiveUp, err = ends(ctx, procs); err != nil {
		return err
	}
	for range bursts {
		burst(n)
	}
	r.Record(seen)
	return nil
}

// burst creates n goroutines that compute for a moment, and waits for them.
func burst(n int) {
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for start := time.Now(); time.Since(start) < each; {
			}
		})
	}
	wg.Wait()
}

const (
	// enough is how many snapshots must be there to say anything.
	enough = 8

	// few is one that has been woken, and one that has just run out of work. On a busy
	// machine either may have to wait for a core before it can look.
	few = 2
)

func check(o experiment.Observations) error {
	var seen observed
	var end experiment.Ending
	if err := errors.Join(o.Decode(&seen), o.Decode(&end)); err != nil {
		return err
	}
	snapshots, err := schedtrace.Parse(strings.NewReader(strings.Join(end.Stderr, "\n") + "\n"))
	if err != nil {
		return err
	}
	several := 0
	for _, s := range snapshots {
		if 2*s.Spinning > s.Procs {
			return experiment.Refuted("%d threads were looking for work for %d Ps: more than half", s.Spinning, s.Procs)
		}
		if s.Spinning > few {
			several++
		}
	}
	switch {
	case len(snapshots) < enough:
		return experiment.Refuted("the runtime printed its state %d times during %d bursts", len(snapshots), seen.Bursts)
	case 2*several > len(snapshots):
		return experiment.Refuted("in %d of %d snapshots more than %d threads were looking for work", several, len(snapshots), few)
	case seen.AtOnce != 1:
		return experiment.Refuted("in the model %d threads were on their way at once, not one", seen.AtOnce)
	case seen.InLoop != 1:
		return experiment.Refuted("in the model the creator woke %d threads, not one", seen.InLoop)
	case seen.Woken < seen.InModel-1:
		return experiment.Refuted("in the model %d threads were woken for %d idle Ps", seen.Woken, seen.InModel-1)
	case seen.Look != (seen.InModel+1)/2 || seen.Look+seen.GiveUp != seen.InModel:
		return experiment.Refuted("in the model %d threads looked for more work and %d gave up at once: want half and half", seen.Look, seen.GiveUp)
	}
	return nil
}
