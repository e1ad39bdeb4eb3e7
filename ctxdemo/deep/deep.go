// Package deep asks: a program derives each context from the one before, millions of levels
// deep, and cancels the first below a deferred recover. What happens?
//
// chains.go runs testdata/chain.go, which does that, with several depths and limits of the
// stack, and reads off a dump how much stack a level takes. text.go measures what it costs to
// print such a context. The page tells why.
package deep

import (
	"context"
	"embed"
	"fmt"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a tree of contexts may be as deep as the stack, and that
// beyond it is a fatal error.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/deep",
	Question: "A program derives each context from the one before, millions of levels deep. Then it cancels the first one, in a function that defers a recover. What happens?",
	Choices: []experiment.Choice{
		{
			Text:    "They are all cancelled, however many: Go's stacks grow as needed.",
			Because: "They grow up to a limit, 1 GB by default. Cancelling goes one call deeper with each level, so there is a number of levels for which that is not enough.",
		},
		{
			Text:    "They are all cancelled, without any deep stack: a context that ends sends a message, and its children receive it.",
			Because: "There are no messages. cancel calls cancel of each child, and returns when they have returned; a level of the tree is a level of the stack.",
		},
		{
			Text:    "Beyond some depth cancel panics with a stack overflow, which the deferred function recovers from; some of the contexts are cancelled.",
			Because: "It does overflow the stack. But a stack overflow is no panic: there is no stack left on which anything deferred could run.",
		},
		{
			Text:    "Beyond some depth the process ends: a stack overflow is a fatal error, and no deferred function runs.",
			True:    true,
			Because: "cancel is recursive, a level of the tree is a call, and the stack has a limit. What meets the limit cannot be recovered from.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "levels", Unit: "contexts", Doc: "how deep the chain is that gets Go's own limit of the stack (for more than two million, have 2 GB to spare)", Default: 100_000, Min: 1, Max: 4_000_000},
	},
	Run:     run,
	Check:   check,
	AnyKnob: true,
	Wall:    experiment.FirstBuild,
	Needs:   experiment.Needs{Toolchain: true},
	Claims:  []string{"C3"},
	Files:   files,
}

type observed struct {
	Levels  int64            `obs:"/levels:contexts"`
	Frame   int64            `obs:"/stack/level:bytes"`      // that a level takes
	Deepest int64            `obs:"/stack/deepest:contexts"` // that fit, by this, into Go's own limit
	Chains  experiment.Table `obs:"/chains:rows"`
	text
}

func run(ctx context.Context, r *experiment.Recorder) error {
	seen := observed{Levels: int64(r.Knob("levels"))}
	if err := seen.runChains(ctx); err != nil {
		return err
	}
	seen.text = measureText()
	r.Record(seen)
	r.Value("/text:rows", seen.table())
	return nil
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if seen.Frame <= 0 || seen.Deepest != own.fits(seen.Frame) {
		return fmt.Errorf("a level of %d bytes, and %d levels that fit: they do not belong together", seen.Frame, seen.Deepest)
	}
	want := experiment.Table{Header: header()}
	for _, c := range chainsFor(seen.Levels, seen.Frame) {
		if !c.close(seen.Frame) {
			want.Add(c.row(c.expected(seen.Frame))...)
		}
	}
	if err := seen.Chains.Equals(want, 2); err != nil {
		return err
	}
	return seen.text.check()
}
