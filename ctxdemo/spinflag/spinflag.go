// Package spinflag asks: two goroutines look at a shared flag in every round of their loops.
// One computes, the other waits for jobs. The flag is set; which of them stops?
//
// workers.go has the goroutines, one function and one line of a table each. told.go tells a
// worker to stop, and finds out what that does to it. The page tells why.
package spinflag

import (
	"context"
	"embed"
	"errors"

	"lab.example/gopark/ctxdemo"
	"lab.example/gopark/ctxdemo/stage"
	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a flag stops who looks at it, whatever flag it is, and that
// somebody who is blocked does not look.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/spinflag",
	Question: "`for !stop.Load() { <-jobs; work() }`: stop is an atomic.Bool, and the goroutine is waiting for a job when somebody calls `stop.Store(true)`. What happens?",
	Choices: []experiment.Choice{
		{
			Text:    "It stops: an atomic variable is seen by all goroutines at once.",
			Because: "Seen by all who look. This goroutine is not running, and what does not run reads no variable, however fresh its value is.",
		},
		{
			Text:    "It stops after the next job, whenever that comes; without one, never.",
			True:    true,
			Because: "The flag is looked at between two jobs. A goroutine that is blocked has to be woken by what it is blocked in, and a variable wakes nobody.",
		},
		{
			Text:    "Nothing: like this it would need a mutex, or the goroutine never sees the new value.",
			Because: "The value is published well enough: an atomic.Bool is what Java calls volatile. It is the reader that is missing.",
		},
		{
			Text:    "It stops within ten milliseconds: the runtime preempts a goroutine that long, and then it looks.",
			Because: "Preemption takes a goroutine off its processor. This one has none. And it would go on where it was, not at the condition of its loop.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "operations", Unit: "operations", Doc: "how many operations that know no flag a goroutine makes after it was interrupted", Default: 1000, Min: 1, Max: 100_000},
	},
	Run:     run,
	Check:   check,
	AnyKnob: true,
	Claims:  []string{"I1", "I7", "I12"},
	Files:   ctxdemo.Quoting(files),
}

type observed struct {
	Workers experiment.Table `obs:"/workers:rows"`
	survival
}

func run(ctx context.Context, r *experiment.Recorder) error {
	seen := observed{Workers: experiment.Table{Header: header}}
	for i, w := range workers {
		var draw stage.Figure
		if w.drawn != "" {
			draw = stage.Draw(r)
		}
		row, err := tell(ctx, w, draw, i+1)
		if err != nil {
			return err
		}
		seen.Workers.Add(row...)
	}
	seen.survival = survive(r.Knob("operations"))
	r.Record(seen)
	return nil
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	return errors.Join(seen.Workers.Equals(expected(), 1), seen.survival.check())
}

func expected() experiment.Table {
	want := experiment.Table{Header: header}
	for _, w := range workers {
		want.Add(w.name, w.blocked, w.then, w.more, w.flag)
	}
	return want
}
