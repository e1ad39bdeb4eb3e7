// Package lostcancel asks: fifteen functions lose the cancel function of a context, each in
// another way. How many of them does go vet report?
//
// testdata/shapes.go has the functions; it is vetted, and it is run, to see what it leaves
// behind. vet.go does both, shapes.go is the list of what must come out. The page tells why.
package lostcancel

import (
	"context"
	"embed"
	"slices"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that go vet follows a cancel function for as long as it is a local
// variable, and no further.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/lostcancel",
	Question: "Fifteen functions derive a context and lose its cancel function, each in another way. Every one of them leaves something hanging on the parent. How many does the lostcancel check of go vet report?",
	Choices: []experiment.Choice{
		{
			Text:    "All fifteen: that is what the check is for, and a cancel function that is never called is easy to see.",
			Because: "In a local variable it is. Once it is stored, wrapped, captured or overwritten, one would have to know the whole program to say whether somebody calls it.",
		},
		{
			Text:    "Five: those where a function of package context gives it to a local variable that is not used on some path.",
			True:    true,
			Because: "The check follows one variable through one function. Any mention of it, even `_ = cancel`, counts as a use.",
		},
		{
			Text:    "Two: it sees `ctx, _ :=`, where the result is thrown away on the spot, and nothing else.",
			Because: "It does more than that: it looks for a path from the variable to a return on which the variable is not mentioned.",
		},
		{
			Text:    "None of them, because go vet only reports what it is sure of, and a leak can be seen in the running program only.",
			Because: "It does report what it is not sure of: \"possible context leak\" it says, also for a context that has already expired and left nothing behind.",
		},
	},
	Run:    run,
	Check:  check,
	Wall:   experiment.FirstBuild,
	Needs:  experiment.Needs{Toolchain: true},
	Claims: []string{"C11"},
	Files:  files,
}

type observed struct {
	Shapes experiment.Table `obs:"/shapes:rows"`
	Lost   int64            `obs:"/lost:functions"`     // that leave something behind
	Caught int64            `obs:"/reported:functions"` // of these
	False  int64            `obs:"/false-alarms:functions"`
}

const (
	reported = "reports it"
	silent   = "-"
)

func header() []string {
	return []string{"function", "what becomes of cancel", "go vet", "left behind"}
}

func run(ctx context.Context, r *experiment.Recorder) error {
	source, err := files.ReadFile("testdata/shapes.go")
	if err != nil {
		return err
	}
	caught, err := vet(ctx, source)
	if err != nil {
		return err
	}
	left, err := leftBehind(ctx, source)
	if err != nil {
		return err
	}
	seen := observed{Shapes: experiment.Table{Header: header()}}
	for _, s := range shapes {
		says := silent
		switch found := slices.Contains(caught, s.name); {
		case found && left[s.name] == "0":
			seen.False++
			says = reported
		case found:
			seen.Caught++
			says = reported
		}
		if left[s.name] != "0" {
			seen.Lost++
		}
		seen.Shapes.Add(s.name, s.what, says, left[s.name])
	}
	r.Record(seen)
	return nil
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	want := experiment.Table{Header: header()}
	for _, s := range shapes {
		want.Add(s.name, s.what, s.vet, s.left)
	}
	if err := seen.Shapes.Equals(want, 1); err != nil {
		return err
	}
	switch {
	case seen.Lost != 15 || seen.Caught != 5:
		return experiment.Refuted("%d of %d were reported, not 5 of 15", seen.Caught, seen.Lost)
	case seen.False != 1:
		return experiment.Refuted("%d false alarms, not 1", seen.False)
	}
	return nil
}
