// Package rescue asks: from where does recover stop a panic?
//
// places.go and others.go are the programs, one function and one line of a table each. run
// gives every one a process of its own, check compares how each ended with what its line
// in the table says. picture.go draws the stacks of two of them. The page tells why.
package rescue

import (
	"context"
	"embed"
	"fmt"
	"strings"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that recover works in the deferred function itself and nowhere
// else.
var Experiment = &experiment.Experiment{
	ID:       "panics/rescue",
	Question: "A deferred function calls a helper, and the helper calls recover. The goroutine panics. What does recover return in the helper, and what becomes of the panic?",
	Choices: []experiment.Choice{
		{
			Text:    "The panic's value, and the panic stops: the goroutine is panicking, and recover is called while deferred functions run.",
			Because: "Both is so, and it is not enough. recover also asks who called it: it must be the deferred function itself, called by the panic.",
		},
		{
			Text:    "nil, and the process ends with status 2.",
			True:    true,
			Because: "The helper was called by the deferred function, not by the panic. For recover that is one frame too many: it returns nil and leaves the panic alone.",
		},
		{
			Text:    "It depends on the compiler: if the helper is inlined, recover stands in the deferred function after all.",
			Because: "The rule is about the functions that you wrote. recover counts inlined functions as if they were not: both helpers are in the table.",
		},
		{
			Text:    "The panic's value, but the panic goes on: only a recover in the deferred function itself stops it.",
			Because: "There is no recover that only looks. It returns the value and stops the panic, or it returns nil and does nothing.",
		},
	},
	Run:    run,
	Actors: actors(),
	Check:  check,
	Claims: []string{"P6"},
	Files:  files,
}

// place is a program that panics, or does something like it.
type place struct {
	name string // of the actor: lower-case words joined by "-"
	what string // for people

	// program says what recover returned. It returns if the panic was stopped.
	program func(say func(any))

	env      []string // optional
	returned []string // what it must say
	goesOn   bool     // it must return; otherwise the process must end with 2
	stderr   string   // the first line must begin so
}

// actors is a body for each place.
func actors() map[string]experiment.Body {
	bodies := make(map[string]experiment.Body)
	for _, p := range places {
		bodies[p.name] = func(_ context.Context, r *experiment.Recorder) error {
			drawn := &picture{place: p, r: r}
			p.program(func(v any) {
				drawn.recovers(v)
				fmt.Println(v)
			})
			drawn.returns()
			return nil
		}
	}
	return bodies
}

var header = []string{"where", "said", "then", "stderr"}

func run(ctx context.Context, r *experiment.Recorder) error {
	table := experiment.Table{Header: header}
	for _, p := range places {
		drawn := &picture{place: p, r: r}
		drawn.starts()
		actor, err := r.Start(ctx, p.name, p.env...)
		if err != nil {
			return err
		}
		ending, err := actor.Ending()
		if err != nil {
			return err
		}
		drawn.ends(ending)
		first := ""
		if len(ending.Stderr) > 0 {
			first = ending.Stderr[0]
		}
		table.Add(p.what, join(ending.Stdout), then(ending), first)
	}
	r.Value("/places:rows", table)
	return nil
}

func join(said []string) string { return strings.Join(said, "; ") }

// goesOn is how a program ends that stopped its panic.
const goesOn = "goes on"

func then(e experiment.Ending) string {
	if e.Exit == 0 {
		return goesOn
	}
	return e.String()
}

type observed struct {
	Places experiment.Table `obs:"/places:rows"`
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if err := seen.Places.Has(header...); err != nil {
		return err
	}
	table := seen.Places
	for _, p := range places {
		row := table.Row(p.what)
		if row == nil {
			return fmt.Errorf("nothing was observed of %q", p.what)
		}
		said, ended, stderr := row[1], row[2], row[3]
		want := "exit 2"
		if p.goesOn {
			want = goesOn
		}
		switch {
		case ended != want:
			return experiment.Refuted("%s: %s, not %s", p.what, ended, want)
		case said != join(p.returned):
			return experiment.Refuted("%s: said %q, not %q", p.what, said, join(p.returned))
		case p.goesOn && stderr != "":
			return experiment.Refuted("%s: it went on, and printed %q", p.what, stderr)
		case !strings.HasPrefix(stderr, p.stderr):
			return experiment.Refuted("%s: printed %q, not %q", p.what, stderr, p.stderr)
		}
	}
	return nil
}
