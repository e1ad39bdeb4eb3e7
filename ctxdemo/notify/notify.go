// Package notify asks: a context of signal.NotifyContext ends in one of several ways. What
// does it say was the cause, and is the signal given back?
//
// cases.go lists the ways, one function each; every one gets a process of its own, which
// sends the signals to itself (press). check compares with what the list says must be seen.
// That a second Ctrl-C is lost until stop is called is shown by signals/secondkey. The page
// tells why.
package notify

import (
	"context"
	"embed"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that the cause tells how a context of NotifyContext ended, and that
// nothing but stop gives the signal back.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/notify",
	Question: "A job runs under signal.NotifyContext, whose parent is the context of a request. The request is cancelled, so the job's context is done too; nobody has called stop. Now the user presses Ctrl-C. What happens?",
	Choices: []experiment.Choice{
		{
			Text:    "The process ends: the context is done, so the signal has its usual effect again.",
			Because: "The context ended, its registration did not. It is a channel in package os/signal, which knows nothing of contexts.",
		},
		{
			Text:    "The context's cause is now the signal, since the later cause is the more urgent one.",
			Because: "A context ends once, for one cause. The first one stays.",
		},
		{
			Text:    "Nothing. The signal is caught for a context that is over, and thrown away.",
			True:    true,
			Because: "Only stop gives it back. Whichever way the context ended, the channel is still registered, and nobody reads it any more.",
		},
		{
			Text:    "The request's context is cancelled with the signal as its cause.",
			Because: "It is cancelled already; and were it not, a cancellation goes down the tree and never up to the parent.",
		},
	},
	Run:    run,
	Actors: map[string]experiment.Body{"program": program},
	Check:  check,
	Needs:  experiment.Needs{Linux: true},
	Files:  files,
}

type observed struct {
	Cases experiment.Table `obs:"/cases:rows"`
	Text  string           `obs:"/stopped/prints-as:text"` // the context whose stop was called
}

func header() []string {
	return []string{"what happens", "Err", "Cause", "is Canceled", "next SIGINT"}
}

func run(ctx context.Context, r *experiment.Recorder) error {
	seen := observed{Cases: experiment.Table{Header: header()}}
	for _, c := range cases {
		a, err := r.Start(ctx, "program", caseVariable+"="+c.name)
		if err != nil {
			return err
		}
		end, err := a.Ending()
		if err != nil {
			return err
		}
		said := read(end)
		seen.Cases.Add(c.row(said)...)
		if c.name == stopIsCalled {
			seen.Text = said.text
		}
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
	for _, c := range cases {
		want.Add(c.row(c.want)...)
	}
	if err := seen.Cases.Equals(want, 1); err != nil {
		return err
	}
	if want := "signal.NotifyContext(context.Background, [interrupt])"; seen.Text != want {
		return experiment.Refuted("the context prints as %q, not as %q", seen.Text, want)
	}
	return nil
}
