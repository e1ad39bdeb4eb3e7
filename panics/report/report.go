// Package report asks: what does a dying program tell, and who decides how much?
//
// deaths.go has the programs, one function and one line of a table each. run gives every
// one a process of its own and reads what it prints (output.go) and what it writes to the
// file that debug.SetCrashOutput was given (file_linux.go); check compares that with what
// its line in the table says. The page tells why.
package report

import (
	"context"
	"embed"
	"fmt"
	"slices"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a program can raise the level of its traces and not lower it.
var Experiment = &experiment.Experiment{
	ID:       "panics/report",
	Question: `Traces are ugly, so a program begins with debug.SetTraceback("none"). GOTRACEBACK is not set. Later one of its goroutines panics. What does it print?`,
	Choices: []experiment.Choice{
		{
			Text:    "One line: the panic and its value.",
			Because: "That is what GOTRACEBACK=none in the environment does. The program's own call can only ask for more than the environment, and without the variable that is single.",
		},
		{
			Text:    "The panic, and the trace of the goroutine that panicked, as if the call were not there.",
			True:    true,
			Because: "The environment belongs to whoever runs the program, and sets the floor. A call for less than that is ignored.",
		},
		{
			Text:    "Nothing at all.",
			Because: "There is no level at which a panic is silent. A parent that wants silence must throw the stream away.",
		},
		{
			Text:    "The traces of all goroutines: the runtime does not know whose fault it was.",
			Because: "Of a panic it knows: only the goroutine that panicked is shown. Only when the runtime itself is broken it cannot know, and then it shows all of them.",
		},
	},
	Run:    run,
	Actors: actors(),
	Check:  check,
	Needs:  experiment.Needs{Linux: true},
	Files:  files,
}

// actors is a body for each death.
func actors() map[string]experiment.Body {
	bodies := make(map[string]experiment.Body)
	for _, d := range deaths {
		bodies[d.name] = func(context.Context, *experiment.Recorder) error {
			if err := copyCrash(); err != nil {
				return err
			}
			d.run()
			return nil
		}
	}
	return bodies
}

var header = []string{"program", "first line", "its goroutine", "others", "frames of the runtime", "crash output", "said", "ended"}

func run(ctx context.Context, r *experiment.Recorder) error {
	table := experiment.Table{Header: header}
	for _, d := range deaths {
		out, err := d.observe(ctx, r)
		if err != nil {
			return fmt.Errorf("%s: %w", d.what, err)
		}
		table.Add(append([]any{d.what}, out.cells()...)...)
	}
	r.Value("/deaths:rows", table)
	return nil
}

// observe runs the program and reads all that it leaves.
func (d death) observe(ctx context.Context, r *experiment.Recorder) (output, error) {
	crash, env, err := newCrashFile()
	if err != nil {
		return output{}, err
	}
	defer crash.Close()
	actor, err := r.Start(ctx, d.name, append(slices.Clone(d.env), env)...)
	if err != nil {
		return output{}, err
	}
	ending, err := actor.Ending()
	if err != nil {
		return output{}, err
	}
	copied, err := contents(crash)
	if err != nil {
		return output{}, err
	}
	return read(ending, copied), nil
}

type observed struct {
	Deaths experiment.Table `obs:"/deaths:rows"`
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if err := seen.Deaths.Has(header...); err != nil {
		return err
	}
	table := seen.Deaths
	for _, d := range deaths {
		row := table.Row(d.what)
		if row == nil {
			return fmt.Errorf("nothing was observed of %q", d.what)
		}
		for i, want := range d.want.cells() {
			if row[i+1] != want {
				return experiment.Refuted("%s: %s: %q, not %q", d.what, header[i+1], row[i+1], want)
			}
		}
	}
	return nil
}
