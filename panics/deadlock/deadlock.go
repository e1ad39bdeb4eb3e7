// Package deadlock asks: nobody in a program will ever do anything again. Does the runtime
// notice?
//
// testdata/programs.go holds the programs, cases.go what each must come to, watch.go looks
// at one from outside, run puts all of them through it, check compares. picture.go draws three
// of them. The page tells why.
package deadlock

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/plain"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that the deadlock detector is easily silenced.
var Experiment = &experiment.Experiment{
	ID:       "panics/deadlock",
	Question: "A server calls signal.Notify when it starts, for Ctrl-C. When it shuts down it calls signal.Stop, and then all its goroutines wait for each other. What does the runtime do?",
	Choices: []experiment.Choice{
		{
			Text:    `It ends the program: "all goroutines are asleep - deadlock!"`,
			Because: "It would, had nobody ever called Notify. The detector looks for a program in which nothing can happen any more, and here one thread still waits for signals.",
		},
		{
			Text:    "Nothing. The process waits, for as long as it is let.",
			True:    true,
			Because: "The first Notify starts a goroutine that waits for signals, and Stop does not end it. Its thread counts as busy, so the detector does not even begin to look.",
		},
		{
			Text:    "Nothing at first. Once a minute the runtime looks for goroutines that can never go on.",
			Because: "It never does. The detector has no time of its own: it runs when the last busy thread goes to sleep, and then it counts threads and timers, not goroutines.",
		},
		{
			Text:    "It ends the program when Stop is called: until then a signal could have changed something.",
			Because: "That would be just. But Stop only takes a channel off a list.",
		},
	},
	Run:    run,
	Check:  check,
	Wall:   experiment.FirstBuild,
	Needs:  experiment.Needs{Linux: true, Toolchain: true},
	Claims: []string{"P11"},
	Files:  files,
}

var header = []string{"besides a main that waits for ever", "built", "first line on stderr", "state"}

// notMeasured is in place of what was printed, with the reason, where a program cannot be
// built.
const notMeasured = "not measured here: "

type observed struct {
	Programs experiment.Table `obs:"/programs:rows"`
}

func run(ctx context.Context, r *experiment.Recorder) error {
	programs, err := build(ctx)
	for _, p := range programs {
		if p != nil {
			defer p.Close()
		}
	}
	if programs[plainly] == nil {
		return err
	}
	table := experiment.Table{Header: header}
	for _, c := range outcomes {
		p := programs[c.built]
		if p == nil {
			table.Add(c.besides, c.built, notMeasured+strings.TrimPrefix(err.Error(), experiment.ErrUnmet.Error()+": "), "")
			continue
		}
		drawn := newPicture(r, c)
		drawn.start()
		seen, err := watch(ctx, p, c)
		if err != nil {
			return fmt.Errorf("program %q: %w", c.besides, err)
		}
		drawn.end(seen)
		table.Add(c.besides, c.built, seen.said, seen.states)
	}
	r.Record(observed{table})
	return nil
}

// build builds the programs both ways. What could not be built is missing, and the error
// says why; if it is not ErrUnmet, nothing is there.
func build(ctx context.Context) (map[string]*plain.Program, error) {
	source, err := files.ReadFile("testdata/programs.go")
	if err != nil {
		return nil, fmt.Errorf("read programs: %w", err)
	}
	first, err := plain.Build(ctx, source, nil)
	if err != nil {
		return nil, err
	}
	// Nothing of it is called: it is enough that it is there.
	source = []byte(strings.Replace(string(source), "import (\n", "import (\n\t_ \"runtime/cgo\"\n", 1))
	second, err := plain.Build(ctx, source, []string{"CGO_ENABLED=1"})
	if err != nil && !errors.Is(err, experiment.ErrUnmet) {
		first.Close()
		return nil, err
	}
	return map[string]*plain.Program{plainly: first, withCgo: second}, err
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if err := seen.Programs.Has(header...); err != nil {
		return err
	}
	for _, c := range outcomes {
		row := seen.Programs.Row(c.besides, c.built)
		if row == nil {
			return fmt.Errorf("program %q, built %s, was not run", c.besides, c.built)
		}
		said, state := row[2], row[3]
		switch {
		case c.built == withCgo && strings.HasPrefix(said, notMeasured):
		case !slices.Contains(c.outcomes, said):
			return experiment.Refuted("%s, built %s: it said %q, not %q", c.besides, c.built, said, strings.Join(c.outcomes, `" or "`))
		case said == silent && state != "S":
			return experiment.Refuted("%s, built %s: it did not end, and its state was %q, not S", c.besides, c.built, state)
		}
	}
	return nil
}
