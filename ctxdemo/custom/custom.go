// Package custom asks: a context of one's own making has children. Do they cost anything?
//
// kinds.go lists ways to make a context, one type each. look.go derives children from one and
// counts goroutines. run looks at each kind, check compares. The page tells why.
package custom

import (
	"context"
	"embed"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a child costs a goroutine, and is cancelled late, if package
// context does not recognise one of its own in the parent.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/custom",
	Question: "`type traced struct{ context.Context }` adds one method to a context, Done, which returns a channel of its own; it is closed when the context that it wraps is cancelled. 100 contexts are derived from one such context. How many goroutines does that start?",
	Choices: []experiment.Choice{
		{
			Text:    "None: contexts are a tree of structs, and goroutines are the caller's affair.",
			Because: "That is so for contexts of the package itself, and for what only wraps them. This one has a Done that is not the one which package context knows.",
		},
		{
			Text:    "100: one for each child, which waits for the Done of its parent.",
			True:    true,
			Because: "A parent that the package does not know has no list of children to be put on. All that is left is a goroutine that waits for its Done, for each child.",
		},
		{
			Text:    "1: a goroutine that waits for Done and cancels all children.",
			Because: "Nobody keeps track of them: the parent is not of the package, and the children do not know each other.",
		},
		{
			Text:    "None until somebody asks a child for its Done.",
			Because: "Done of the child is made late, that is true. But the child must be cancelled even if nobody ever asks, because its own children and Err depend on it.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "children", Unit: "contexts", Doc: "derived from each parent", Default: 100, Min: 1, Max: 10_000},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=1"},
	Claims:   []string{"C4"},
	Files:    files,
}

type observed struct {
	Children int64            `obs:"/children:contexts"`
	Kinds    experiment.Table `obs:"/kinds:rows"`
}

var header = []string{"parent", "goroutines", "cancelled when cancel returns", "and later", "goroutines left when the children are cancelled"}

func run(_ context.Context, r *experiment.Recorder) error {
	seen := observed{Children: int64(r.Knob("children")), Kinds: experiment.Table{Header: header}}
	for _, k := range kinds {
		found, err := look(r, k, int(seen.Children))
		if err != nil {
			return err
		}
		seen.Kinds.Add(k.name, found.goroutines, found.atOnce, found.later, found.left)
	}
	r.Record(seen)
	return nil
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	return seen.Kinds.Equals(expected(seen.Children), 1)
}

func expected(children int64) experiment.Table {
	want := experiment.Table{Header: header}
	for _, k := range kinds {
		switch k.law {
		case known:
			want.Add(k.name, 0, children, children, 0)
		case unknown:
			want.Add(k.name, children, 0, children, 0)
		case through:
			want.Add(k.name, 1, 0, children, 1)
		case never:
			want.Add(k.name, 0, 0, 0, 0)
		}
	}
	return want
}
