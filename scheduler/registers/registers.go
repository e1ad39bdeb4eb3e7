// Package registers asks: a loop keeps its numbers in registers and is stopped in the middle
// of it, many times. Is the result still right?
//
// mix.go has the loop, disturber is the one who uses the same registers in between, run
// does the sum once with interruptions and once without, check compares. The page tells
// where the registers are kept.
package registers

import (
	"context"
	"embed"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a goroutine's registers survive its preemption.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/registers",
	Question: "One P. A loop without any call keeps six numbers in registers. It is preempted ten times in the middle, each time another goroutine uses the same registers, and the loop goes on. What comes out?",
	Choices: []experiment.Choice{
		{
			Text:    "It is never preempted: a loop without calls has no place where it could be stopped.",
			Because: "So it was up to Go 1.13. Since Go 1.14 the runtime sends the thread a signal, and that arrives between any two instructions.",
		},
		{
			Text:    "The right result: all registers are saved when it is stopped and loaded again when it goes on.",
			True:    true,
			Because: "The signal handler makes the loop appear to call a function that saves every register, all flags included, and at its end loads them again. The loop notices nothing.",
		},
		{
			Text:    "The right result: the compiler writes the numbers to memory in each round, in case of a preemption.",
			Because: "It does not, which is why the loop is fast. At a call it writes to memory what is needed afterwards. This loop calls nothing.",
		},
		{
			Text:    "A wrong result, now and then: nobody can know which registers the loop was using.",
			Because: "Nobody needs to know: all are saved. What must be known is which of them hold pointers, for the garbage collector, and for that the stack is looked at conservatively.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "preemptions", Unit: "preemptions", Doc: "how often the loop is stopped", Default: 10, Min: 1, Max: 40},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=1"},
	Needs:    experiment.Needs{NoRace: "it puts calls into the loop"},
	Claims:   []string{"G17"},
	Files:    files,
}

type observed struct {
	Wanted      int64  `obs:"/preemptions/wanted:preemptions"`
	Preemptions int64  `obs:"/preemptions/seen:preemptions"` // turns that the other goroutine had during the loop
	Rounds      int64  `obs:"/loop/rounds:rounds"`
	Interrupted string `obs:"/loop/interrupted:numbers"` // what came out, in hexadecimal
	Undisturbed string `obs:"/loop/undisturbed:numbers"`
}

// limit is how many rounds the loop makes at most: it must end even if nobody stops it.
// That is some seconds; ten preemptions take a fraction of one.
const limit = 1_000_000_000

func run(_ context.Context, r *experiment.Recorder) error {
	// A collection would preempt too.
	debug.SetGCPercent(-1)

	seen := observed{Wanted: int64(r.Knob("preemptions"))}
	other := disturber{now: r.Since}
	var wg sync.WaitGroup
	wg.Go(other.disturb)

	runtime.Gosched() // the other one has begun
	before := other.turns.Load()
	interrupted, rounds := mix(start, limit, &other.turns, before+seen.Wanted)
	seen.Preemptions = other.turns.Load() - before
	other.stop.Store(true)
	wg.Wait()

	seen.Rounds = rounds
	seen.Interrupted = interrupted.String()
	seen.Undisturbed = inPieces(rounds).String()
	r.Record(seen)
	draw(r, other.at)
	return nil
}

// disturber uses as many registers as it can whenever it gets a turn, and yields. Each
// turn that it gets while a loop without calls is running is a preemption of that loop.
type disturber struct {
	turns atomic.Int64
	stop  atomic.Bool
	now   func() time.Duration
	at    []time.Duration
}

func (d *disturber) disturb() {
	spoiled := numbers{1, 2, 3, 4, 5, 6}
	var never atomic.Int64
	for !d.stop.Load() {
		spoiled, _ = mix(spoiled, 1000, &never, math.MaxInt64)
		d.at = append(d.at, d.now())
		d.turns.Add(1)
		runtime.Gosched()
	}
}

// inPieces is the same sum without an interruption: each piece is over in a fraction of
// a time slice, and at its end all numbers are in memory.
func inPieces(rounds int64) numbers {
	const piece = 100_000
	n := start
	var never atomic.Int64
	for rounds > 0 {
		length := min(rounds, piece)
		n, _ = mix(n, length, &never, math.MaxInt64)
		rounds -= length
		runtime.Gosched() // a new time slice
	}
	return n
}

// draw shows the other goroutine's turns as interruptions of the loop's. The first turn
// was before the loop.
func draw(r *experiment.Recorder, turns []time.Duration) {
	moved := func(at time.Duration, from, to timeline.State, turn int) {
		r.Event(timeline.Event{
			At: at, Provenance: timeline.Inferred, Subject: timeline.G(0), From: from, To: to,
			Attrs: []timeline.Attr{{Key: "preemption", Value: fmt.Sprint(turn)}},
		})
	}
	for i, at := range turns {
		if i > 0 {
			moved(at, timeline.Running, timeline.Runnable, i)
			moved(at, timeline.Runnable, timeline.Running, i)
		}
	}
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	switch {
	case seen.Preemptions == 0:
		return experiment.Refuted("in %d rounds the loop was never preempted", seen.Rounds)
	case seen.Preemptions < seen.Wanted:
		return experiment.Refuted("in %d rounds the loop was preempted %d times, not %d", seen.Rounds, seen.Preemptions, seen.Wanted)
	case seen.Interrupted != seen.Undisturbed:
		return experiment.Refuted("with interruptions %s came out, without %s", seen.Interrupted, seen.Undisturbed)
	}
	return nil
}
