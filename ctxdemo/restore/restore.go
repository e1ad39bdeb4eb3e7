// Package restore asks: a worker sleeps in a loop, is interrupted, logs the error and looks
// at its flag in the loop's condition. Does the loop end?
//
// loops.go has the ways of writing that loop, one function and one line of a table each.
// job.go is what they all do in a round. run interrupts each of them once while it sleeps,
// check compares. The page tells why.
package restore

import (
	"context"
	"embed"
	"errors"

	"lab.example/gopark/ctxdemo"
	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that who handles the error of an interrupt has its only copy.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/restore",
	Question: "`for !h.IsInterrupted() { if err := h.Sleep(pause); err != nil { log.Print(err) }; work() }`. The goroutine is interrupted while it sleeps. How many more rounds does the loop make?",
	Choices: []experiment.Choice{
		{
			Text:    "None: the condition looks at the flag, and the flag is set.",
			Because: "It was set, until Sleep reported it. An interrupt is the flag or the error, never both: the condition finds the flag clear.",
		},
		{
			Text:    "One: the work of this round is done, then the condition ends the loop.",
			Because: "That would be so if the flag were still set when the condition is looked at. Sleep has cleared it, and the log has got the only copy.",
		},
		{
			Text:    "All of them: it goes on as if nothing had happened.",
			True:    true,
			Because: "Sleep cleared the flag when it returned the error, and the error went into the log. After that nobody in the program knows of an interrupt.",
		},
		{
			Text:    "All of them, and it does not pause in any: every Sleep fails from now on.",
			Because: "That is the other mistake, and there is a row for it: restoring the flag in a loop that does not look at it.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "rounds", Unit: "rounds", Doc: "how many rounds of work there are for a loop that does not stop", Default: 1000, Min: 3, Max: 100_000},
	},
	Run:     run,
	Check:   check,
	AnyKnob: true,
	Claims:  []string{"I5", "I6"},
	Files:   ctxdemo.Quoting(files),
}

type observed struct {
	Rounds int64            `obs:"/rounds:rounds"` // that there are
	Loops  experiment.Table `obs:"/loops:rows"`
}

var header = []string{"loop", "rounds after the interrupt", "errors", "the caller gets", "flag at the end"}

func run(ctx context.Context, r *experiment.Recorder) error {
	rounds := r.Knob("rounds")
	seen := observed{Rounds: int64(rounds), Loops: experiment.Table{Header: header}}
	for _, l := range loops {
		j, err := l.interrupted(ctx, rounds)
		if err != nil {
			return err
		}
		seen.Loops.Add(l.name, j.rounds-1, j.errors, j.got, j.flag)
	}
	r.Record(seen)
	return nil
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if seen.Rounds < 3 {
		return errors.New("too few rounds to tell the loops apart")
	}
	return seen.Loops.Equals(expected(int(seen.Rounds)), 1)
}

// expected is what must come out if there are so many rounds of work.
func expected(rounds int) experiment.Table {
	want := experiment.Table{Header: header}
	for _, l := range loops {
		after, failed := l.after, l.errors
		if after == toTheEnd {
			after = rounds - 1
		}
		if failed == inEach {
			failed = rounds
		}
		want.Add(l.name, after, failed, l.caller, l.flag)
	}
	return want
}
