// Package flag asks: a goroutine sleeps and another interrupts it, as one Java
// thread interrupts another. What does its interrupted flag say afterwards?
//
// The flag is that of the library beside this folder, interrupt. Package stage knows when a
// goroutine is asleep, and draws it. The page tells why.
package flag

import (
	"context"
	"embed"
	"errors"
	"runtime"
	"sync/atomic"
	"time"

	"lab.example/gopark/ctxdemo"
	"lab.example/gopark/ctxdemo/interrupt"
	"lab.example/gopark/ctxdemo/stage"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that an interrupt is a flag, that looking at it in two ways
// differs in one thing, and that an interrupted sleep clears it.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/flag",
	Question: "A goroutine sleeps for an hour, in a Sleep that can be interrupted as Java's can. Another goroutine interrupts it. What does its interrupted flag say when Sleep has returned?",
	Choices: []experiment.Choice{
		{
			Text:    "True: it was interrupted, and nobody has cleared the flag.",
			Because: "Sleep has: it reports the interrupt once, as its error. If the flag stayed up, the next sleep of the handler would fail too, and the next.",
		},
		{
			Text:    "False: Sleep clears the flag as it returns the error.",
			True:    true,
			Because: "The interrupt is handed over: from the flag to the error. Whoever gets the error decides, and restores the flag if the caller should see it too.",
		},
		{
			Text:    "Sleep does not return: an hour is an hour, and the flag is seen after it.",
			Because: "That is what happens to code that blocks in something which does not know the flag. This Sleep watches it.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "interrupts", Unit: "interrupts", Doc: "how often a goroutine is interrupted before it goes to sleep", Default: 2, Min: 1, Max: 1000},
	},
	Run:     run,
	Check:   check,
	AnyKnob: true,
	Claims:  []string{"I1", "I2", "I4"},
	Files:   ctxdemo.Quoting(files),
}

type observed struct {
	asleep
	running
	early
}

// asleep: interrupted while it was blocked in Sleep.
type asleep struct {
	State string `obs:"/asleep/state:text"` // what the runtime said it was doing
	Error string `obs:"/asleep/error:text"` // what Sleep returned
	Flag  bool   `obs:"/asleep/flag:bool"`  // the flag afterwards
}

// running: interrupted while it was computing.
type running struct {
	Steps  int64 `obs:"/running/steps-after-interrupt:steps"` // that it made before it looked
	Look1  bool  `obs:"/running/is-interrupted-first:bool"`
	Look2  bool  `obs:"/running/is-interrupted-second:bool"`
	Clear1 bool  `obs:"/running/interrupted-first:bool"`
	Clear2 bool  `obs:"/running/interrupted-second:bool"`
}

// early: interrupted before it called Sleep.
type early struct {
	Interrupts int64 `obs:"/early/interrupts:interrupts"`
	Errors     int64 `obs:"/early/errors:errors"` // of two sleeps in a row
	Flag       bool  `obs:"/early/flag:bool"`     // after the first
}

func run(ctx context.Context, r *experiment.Recorder) error {
	var seen observed
	var err error
	if seen.asleep, err = interruptAsleep(ctx, stage.Draw(r)); err != nil {
		return err
	}
	seen.running = interruptRunning()
	seen.early = interruptEarly(r.Knob("interrupts"))
	r.Record(seen)
	return nil
}

// interruptAsleep interrupts a goroutine that the runtime says is blocked in Sleep.
func interruptAsleep(ctx context.Context, draw stage.Figure) (seen asleep, err error) {
	h := stage.Go("sleeper", func(h *interrupt.Handle) error {
		draw.Goroutine(1, "sleeper", "", timeline.Running)
		err := h.Sleep(time.Hour)
		draw.Goroutine(1, "sleeper", timeline.Waiting, timeline.Running)
		seen.Flag = h.IsInterrupted()
		draw.Flag("sleeper", seen.Flag, "sleep has returned the error")
		return err
	})
	seen.State, err = h.Blocked(ctx, "interrupt.(*Handle).Sleep")
	draw.Blocked(1, "sleeper", seen.State)
	draw.Flag("sleeper", h.IsInterrupted(), "asleep")
	// Up, the flag cannot be looked at: the sleeper wakes and clears it. What is drawn
	// here is the act of setting it.
	draw.Flag("sleeper", true, "another goroutine interrupts")
	h.Interrupt()
	<-h.Done()
	draw.Goroutine(1, "sleeper", timeline.Running, timeline.NotExist)
	if h.Err() != nil {
		seen.Error = h.Err().Error()
	}
	return seen, err
}

// stepsToSee is how many steps a running goroutine must make after the interrupt for
// us to say that it went on running.
const stepsToSee = 1000

// interruptRunning interrupts a goroutine that computes and does not look, sees it go
// on, and then has it look.
func interruptRunning() (seen running) {
	var steps atomic.Int64
	var look atomic.Bool
	h := interrupt.Go("runner", func(h *interrupt.Handle) error {
		for !look.Load() {
			steps.Add(1)
		}
		seen.Look1, seen.Look2 = h.IsInterrupted(), h.IsInterrupted()
		seen.Clear1, seen.Clear2 = h.Interrupted(), h.Interrupted()
		return nil
	})
	h.Interrupt()
	before := steps.Load()
	for steps.Load() < before+stepsToSee {
		runtime.Gosched()
	}
	seen.Steps = steps.Load() - before
	look.Store(true)
	<-h.Done()
	return seen
}

// interruptEarly interrupts a goroutine before it goes to sleep.
func interruptEarly(interrupts int) (seen early) {
	seen.Interrupts = int64(interrupts)
	bed := make(chan struct{})
	h := interrupt.Go("early", func(h *interrupt.Handle) error {
		<-bed
		first := h.Sleep(time.Hour)
		seen.Flag = h.IsInterrupted()
		for _, err := range []error{first, h.Sleep(0)} {
			if errors.Is(err, interrupt.ErrInterrupted) {
				seen.Errors++
			}
		}
		return nil
	})
	for range interrupts {
		h.Interrupt()
	}
	close(bed)
	<-h.Done()
	return seen
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	switch {
	case seen.asleep.Error != "sleep: interrupted":
		return experiment.Refuted("the sleeper's Sleep returned %q", seen.asleep.Error)
	case seen.asleep.Flag:
		return experiment.Refuted("the flag was still set after Sleep had returned the error")
	case seen.Steps < stepsToSee:
		return experiment.Refuted("the running goroutine stopped %d steps after the interrupt, before it looked", seen.Steps)
	case !seen.Look1 || !seen.Look2:
		return experiment.Refuted("IsInterrupted said %v, then %v: it does not leave the flag as it is", seen.Look1, seen.Look2)
	case !seen.Clear1 || seen.Clear2:
		return experiment.Refuted("Interrupted said %v, then %v: it does not clear the flag", seen.Clear1, seen.Clear2)
	case seen.Errors != 1:
		return experiment.Refuted("%d interrupts before it slept gave %d errors in two sleeps, not 1", seen.Interrupts, seen.Errors)
	case seen.early.Flag:
		return experiment.Refuted("the flag that was set before Sleep survived its error")
	}
	return nil
}
