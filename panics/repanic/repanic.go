// Package repanic asks: a panic is recovered, and then somebody panics again. What is left
// of the first one in the output?
//
// chains.go has the programs that panic more than once, values.go those that panic with
// something special, one function and one line of a table each. run gives every one a
// process of its own and reads what it prints (output.go), check compares that with what
// its line in the table says. picture.go draws the stacks of two of them. The page tells why.
package repanic

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"slices"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a re-panic in the deferred function keeps the trace of the
// first panic, and is printed once.
var Experiment = &experiment.Experiment{
	ID:       "panics/repanic",
	Question: "A deferred function recovers a panic, writes a line into a log, and panics again with the same value. Nobody recovers that one. Does the output still show where the first panic happened?",
	Choices: []experiment.Choice{
		{
			Text:    "No: recover has unwound the stack. The trace begins at the second panic.",
			Because: "recover unwinds nothing by itself. The stack is unwound when the deferred function returns, and this one does not return: it panics, on top of everything that led there.",
		},
		{
			Text:    "Yes: one panic is printed, marked as recovered and repanicked, and the trace shows both places.",
			True:    true,
			Because: "A deferred function runs on top of the stack that panicked. The frames of the first panic are still below it.",
		},
		{
			Text:    "Yes: two panics are printed one below the other, with the same text.",
			Because: "That is what Go printed up to version 1.24. It still does if the second value is another one, even another string with the same letters.",
		},
		{
			Text:    "It shows the first place only: a re-panic with the same value continues the first panic.",
			Because: "Other languages rethrow like that. In Go it is a second panic with a place of its own, and both are in the trace.",
		},
	},
	Run:    run,
	Actors: actors(),
	Check:  check,
	Files:  files,
}

// program is one that ends with a panic.
type program struct {
	name    string // of the actor: lower-case words joined by "-"
	what    string // for people
	run     func()
	printed []string // before the trace, with addresses masked
	origin  bool     // the trace must show the function origin
	said    string   // on stdout
}

// actors is a body for each program.
func actors() map[string]experiment.Body {
	bodies := make(map[string]experiment.Body)
	for _, p := range slices.Concat(chains, values) {
		bodies[p.name] = func(context.Context, *experiment.Recorder) error {
			p.run()
			return nil
		}
	}
	return bodies
}

var header = []string{"program", "printed", "origin in the trace", "said", "ended"}

type observed struct {
	Chains experiment.Table `obs:"/chains:rows"`
	Values experiment.Table `obs:"/values:rows"`
}

func run(ctx context.Context, r *experiment.Recorder) (err error) {
	var seen observed
	if seen.Chains, err = play(ctx, r, chains); err != nil {
		return err
	}
	if seen.Values, err = play(ctx, r, values); err != nil {
		return err
	}
	r.Record(seen)
	return nil
}

// play runs programs, and returns a row for each.
func play(ctx context.Context, r *experiment.Recorder, programs []program) (experiment.Table, error) {
	table := experiment.Table{Header: header}
	for _, p := range programs {
		actor, err := r.Start(ctx, p.name)
		if err != nil {
			return table, err
		}
		ending, err := actor.Ending()
		if err != nil {
			return table, err
		}
		draw(r, p, ending)
		out := read(ending.Stderr)
		table.Add(p.what, out.printed, yes(out.origin), joined(ending.Stdout), ending)
	}
	return table, nil
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	return errors.Join(judge(seen.Chains, chains), judge(seen.Values, values))
}

func judge(table experiment.Table, programs []program) error {
	if err := table.Has(header...); err != nil {
		return err
	}
	for _, p := range programs {
		if err := p.check(table.Row(p.what)); err != nil {
			return err
		}
	}
	return nil
}

func (p program) check(row []string) error {
	if row == nil {
		return fmt.Errorf("nothing was observed of %q", p.what)
	}
	switch want := joined(p.printed); {
	case row[4] != "exit 2":
		return experiment.Refuted("%s: %s, not exit 2", p.what, row[4])
	case row[1] != want:
		return experiment.Refuted("%s: printed %q, not %q", p.what, row[1], want)
	case row[2] != yes(p.origin):
		return experiment.Refuted("%s: is the first panic's place in the trace? %s", p.what, row[2])
	case row[3] != p.said:
		return experiment.Refuted("%s: said %q, not %q", p.what, row[3], p.said)
	}
	return nil
}
