// Package causes asks: a context was given a cause for its timeout. Who gets to see it?
//
// cases.go lists the ways in which a context can end, one function each, and what it says
// then. equal.go has two deadlines fall on the same instant. run looks, check compares. The
// page tells why.
package causes

import (
	"context"
	"embed"
	"errors"
	"fmt"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that the cause of a context is that of the first thing which ended
// it, and that the cause of a timeout is used by nothing but its timer.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/causes",
	Question: "`ctx, cancel := context.WithTimeoutCause(parent, time.Hour, errSlow)`. The work fails after a second, and the deferred `cancel()` runs. What does `context.Cause(ctx)` say?",
	Choices: []experiment.Choice{
		{
			Text:    "errSlow: it is the cause that the context was made with.",
			Because: "It is the cause of the timeout, and there was none. The name is to be read as With-TimeoutCause: the timer has it, cancel() does not.",
		},
		{
			Text:    "nil: nobody gave a cause for this cancellation.",
			Because: "Cause is nil only while the context is alive. Who cancels without a cause has Err() for one.",
		},
		{
			Text:    "context.Canceled, and errSlow is never seen by anybody.",
			True:    true,
			Because: "What WithTimeoutCause returns is a plain CancelFunc, and it cancels with Canceled. The cause waits in the closure of a timer that has been stopped.",
		},
		{
			Text:    "context.DeadlineExceeded: a context with a timeout ends with it.",
			Because: "Only if the time is up. Who comes first, the timer or cancel, decides about Err as well as about the cause.",
		},
	},
	Run:    run,
	Check:  check,
	Claims: []string{"C5"},
	Files:  files,
}

type observed struct {
	Cases experiment.Table `obs:"/cases:rows"`
	equal
}

var header = []string{"what happens", "Err", "Cause", "errors.Is(Cause, Err)"}

func run(ctx context.Context, r *experiment.Recorder) error {
	seen := observed{Cases: experiment.Table{Header: header}}
	for _, c := range cases {
		c.happen(func(ctx context.Context) {
			seen.Cases.Add(c.name, text(ctx.Err()), text(context.Cause(ctx)), errors.Is(context.Cause(ctx), ctx.Err()))
		})
	}
	var err error
	if seen.equal, err = runEqual(ctx); err != nil {
		return err
	}
	r.Record(seen)
	return nil
}

// text is the name of an error in cases, or else what it says.
func text(err error) string {
	switch err {
	case nil:
		return "nil"
	case context.Canceled:
		return "Canceled"
	case context.DeadlineExceeded:
		return "DeadlineExceeded"
	}
	return err.Error()
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	return errors.Join(seen.Cases.Equals(expected(), 1), seen.equal.check())
}

func expected() experiment.Table {
	want := experiment.Table{Header: header}
	for _, c := range cases {
		want.Add(c.name, c.err, c.cause, fmt.Sprint(c.is))
	}
	return want
}
