// Package empty asks: a set is a map[int64]bool and an event a chan bool. Both bools become
// struct{}, which takes no memory. What is saved?
//
// sizes.go weighs what has a struct{} in it against what has a bool; events.go times events,
// and what it takes to wake many. The page tells why.
package empty

import (
	"context"
	"embed"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that struct{} takes no memory by itself, and saves next to none in
// a map or a channel.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/empty",
	Question: "A program keeps a set in a map[int64]bool and signals events over an unbuffered chan bool. Both bools are replaced by struct{}, a value of which takes no memory. How much is saved for an entry of the set, and for a channel?",
	Choices: []experiment.Choice{
		{
			Text:    "A byte for each entry and a byte for each channel: the size of a bool.",
			Because: "For the set it was so until Go 1.23, whose maps kept eight keys and then eight elements together. Today each key has its element beside it. And an unbuffered channel has no room for a value to begin with.",
		},
		{
			Text:    "Eight bytes for each entry, because of the alignment, and nothing for the channel.",
			Because: "The alignment is there in both cases. Key and element are a struct, and a field of no size at the end of a struct is padded, so that a pointer to it does not point at what comes next.",
		},
		{
			Text:    "Nothing for either.",
			True:    true,
			Because: "An entry is as large with either, and so is an unbuffered channel, with any element. What struct{} saves is the question what true and false would mean.",
		},
		{
			Text:    "Nearly all: a map or a channel of nothing is nothing.",
			Because: "A value of struct{} is nothing. What counts the values, queues the goroutines and holds the lock is as large as ever.",
		},
	},
	Run:    run,
	Check:  check,
	Needs:  experiment.Needs{NoRace: "it would be timed with the events"},
	Claims: []string{"C12"},
	Files:  files,
}

type observed struct {
	sizes
	events
}

func run(_ context.Context, r *experiment.Recorder) error {
	seen := observed{weigh(), timeEvents()}
	r.Record(seen)
	r.Value("/sizes:rows", seen.sizes.table())
	r.Value("/events:rows", seen.events.table())
	r.Value("/wake:rows", seen.wakeTable())
	return nil
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if err := seen.sizes.check(); err != nil {
		return err
	}
	return seen.events.check()
}
