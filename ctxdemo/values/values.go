// Package values asks: two packages keep something in one context, each under a key of its
// own. Can one of them find what belongs to the other?
//
// cases.go lists keys and values, one function each, and parents that are none. cost.go
// measures what it costs to look something up. run looks, check compares. The page tells why.
package values

import (
	"context"
	"embed"
	"errors"
	"fmt"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a context finds values by ==, type and all, one level after
// the other, and that nothing tells a value that is missing from a nil.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/values",
	Question: "Two packages each have a key that nobody else can name: var key = new(struct{}). The one stores alice in a context under its key. The other asks that context for its own key, under which nothing was ever stored. What does it get?",
	Choices: []experiment.Choice{
		{
			Text:    "nil: two calls of new give two pointers, and pointers are equal only if they point to the same variable.",
			Because: "The language makes an exception for variables of size zero: they may have the same address. With this toolchain all that are on the heap do.",
		},
		{
			Text:    "alice.",
			True:    true,
			Because: "A struct{} has no bytes, and the runtime gives every one of them on the heap the same address. The two keys are equal, so the value belongs to both.",
		},
		{
			Text:    "A panic: a key must be of a type that its package has defined.",
			Because: "That is what the documentation asks for, and nothing checks it. WithValue checks that the key is not nil and that its type is comparable.",
		},
		{
			Text:    "nil: keys are kept for each package.",
			Because: "A context knows no packages. What keeps packages apart is the type of the key, if its name is not exported.",
		},
	},
	Run:    run,
	Check:  check,
	Claims: []string{"C10"},
	Files:  files,
}

type observed struct {
	Cases experiment.Table `obs:"/cases:rows"`
	Costs experiment.Table `obs:"/costs:rows"` // see cost
}

var header = []string{"case", "what is seen"}

func run(ctx context.Context, r *experiment.Recorder) error {
	seen := observed{Cases: experiment.Table{Header: header}}
	for _, c := range cases {
		seen.Cases.Add(c.name, outcome(c.see))
	}
	costs, err := measure(ctx)
	if err != nil {
		return err
	}
	seen.Costs = costs.table()
	r.Record(seen)
	return nil
}

// outcome returns what a case sees, or its panic.
func outcome(see func() any) (seen string) {
	defer func() {
		if p := recover(); p != nil {
			seen = fmt.Sprint("panic: ", p)
		}
	}()
	return fmt.Sprint(see())
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	costs, err := parseCost(seen.Costs)
	if err != nil {
		return err
	}
	return errors.Join(seen.Cases.Equals(expected(), 1), costs.check())
}

func expected() experiment.Table {
	want := experiment.Table{Header: header}
	for _, c := range cases {
		want.Add(c.name, c.want)
	}
	return want
}
