// Package fatal asks: what ends a Go program although every goroutine has deferred a
// recover?
//
// fatals.go has the programs that cannot be rescued, panics.go those that can and look much
// alike: one function and one line of a table each. run gives every one a process of its
// own and runs it below the same deferred recover (guard); check compares how each ended
// with the table that it stands in. absent.go says which cannot be measured where. The
// page tells why.
package fatal

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a fatal error runs no deferred function.
var Experiment = &experiment.Experiment{
	ID:       "panics/fatal",
	Question: "Two goroutines write to one map at the same time, and the runtime notices. Each of them has deferred a function that calls recover. What happens?",
	Choices: []experiment.Choice{
		{
			Text:    "The goroutine that noticed panics, recovers and goes on; writing to a nil map can be recovered from, too.",
			Because: "They look like brothers, and the second is a panic. The first is a fatal error: the map is already broken, and nobody could go on with it.",
		},
		{
			Text:    "The process ends with status 2, and no deferred function runs.",
			True:    true,
			Because: "A fatal error is not a panic. Nothing is unwound, so nothing deferred runs and there is nothing to recover.",
		},
		{
			Text:    "The deferred functions run, but recover returns nil, and then the process ends with status 2.",
			Because: "That would be a panic that nobody can stop. The runtime does not go as far as calling your code: it no longer trusts the memory that your code would work with.",
		},
		{
			Text:    "Only the goroutine that noticed dies; the other one goes on writing.",
			Because: "No goroutine dies alone in Go, of whatever cause. There would be nobody to tell.",
		},
	},
	Run:    run,
	Actors: actors(),
	Check:  check,
	Files:  files,
}

// program is one that goes wrong.
type program struct {
	name   string // of the actor: lower-case words joined by "-"
	what   string // for people
	run    func()
	text   string        // the fatal error, or the value that recover returns
	absent func() string // optional: why it cannot be measured here; "" if it can
}

// guard runs f below a deferred recover, and prints when it runs and what it got.
func guard(f func()) {
	defer func() {
		fmt.Println("deferred")
		fmt.Println(recover())
	}()
	f()
}

// actors is a body for each program.
func actors() map[string]experiment.Body {
	bodies := make(map[string]experiment.Body)
	for _, p := range slices.Concat(fatals, panics) {
		bodies[p.name] = func(context.Context, *experiment.Recorder) error {
			guard(p.run)
			return nil
		}
	}
	return bodies
}

var header = []string{"program", "deferred function", "recovered", "fatal error", "ended"}

func run(ctx context.Context, r *experiment.Recorder) error {
	table := experiment.Table{Header: header}
	for _, p := range slices.Concat(fatals, panics) {
		if p.absent != nil {
			if why := p.absent(); why != "" {
				table.Add(p.what, notHere, "", "", why)
				continue
			}
		}
		actor, err := r.Start(ctx, p.name)
		if err != nil {
			return err
		}
		ending, err := actor.Ending()
		message := fatalError(ending.Stderr)
		// To meet the limit on memory is what one of them is there for.
		if err != nil && !(errors.Is(err, experiment.ErrUnmet) && message == outOfMemory) {
			return fmt.Errorf("%s: %w", p.what, err)
		}
		ran, recovered := "did not run", ""
		if len(ending.Stdout) > 0 {
			ran, recovered = "ran", strings.Join(ending.Stdout[1:], " ")
		}
		table.Add(p.what, ran, recovered, message, ending)
	}
	r.Value("/programs:rows", table)
	return nil
}

// fatalError returns the first line that the runtime marks as a fatal error, without the
// mark, or "". Some are preceded by a line with details.
func fatalError(stderr []string) string {
	for _, line := range stderr {
		if text, ok := strings.CutPrefix(line, "fatal error: "); ok {
			return text
		}
	}
	return ""
}

type observed struct {
	Programs experiment.Table `obs:"/programs:rows"`
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if err := seen.Programs.Has(header...); err != nil {
		return err
	}
	table := seen.Programs
	for _, p := range fatals {
		if err := p.check(table, []string{"did not run", "", p.text, "exit 2"}); err != nil {
			return err
		}
	}
	for _, p := range panics {
		if err := p.check(table, []string{"ran", p.text, "", "exit 0"}); err != nil {
			return err
		}
	}
	return nil
}

func (p program) check(table experiment.Table, want []string) error {
	row := table.Row(p.what)
	switch {
	case row == nil:
		return fmt.Errorf("nothing was observed of %q", p.what)
	case p.absent != nil && row[1] == notHere:
		return nil
	}
	for i, cell := range row[1:] {
		if cell != want[i] {
			return experiment.Refuted("%s: %s: %q, not %q", p.what, header[i+1], cell, want[i])
		}
	}
	return nil
}
