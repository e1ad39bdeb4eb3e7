// Package waiting asks: ten goroutines were given the same context, and it is cancelled. Who
// stops?
//
// workers.go has the ten, stop.go cancels their context and asks the runtime what becomes of
// them. many.go uses one context in many goroutines at once, empty.go looks at what a context
// is, and at the two that are never cancelled. The page tells why.
package waiting

import (
	"context"
	"embed"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that cancelling a context stops nobody who does not look.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/waiting",
	Question: "Ten goroutines were given the same context. One selects on Done, one receives from it, one polls Err. One computes; the others wait for a timer, a channel, a lock, a condition, a group, a pipe. The context is cancelled. Who has stopped?",
	Choices: []experiment.Choice{
		{
			Text:    "All ten: the goroutines of a context end with it.",
			Because: "A context has no goroutines. It does not know who was given it, and nothing in Go can end a goroutine from outside.",
		},
		{
			Text:    "All but the one that computes: whoever is blocked is woken, with an error.",
			Because: "Cancelling closes one channel. It wakes those who wait for that channel; a lock or a sleep knows nothing of it.",
		},
		{
			Text:    "The three that look at Done or Err.",
			True:    true,
			Because: "A context is a value that one can ask. Who asks, stops, if his code says so. The other seven go on as if nothing had happened.",
		},
		{
			Text:    "All ten, though not at once: each stops where the runtime would preempt it.",
			Because: "The runtime does interrupt goroutines, to let others run, and always lets them go on. It has never heard of your context.",
		},
	},
	Run:      run,
	Check:    check,
	Isolated: true, // those who do not stop end with their process
	Claims:   []string{"C1", "C2", "C7"},
	Files:    files,
}

type observed struct {
	Workers experiment.Table `obs:"/workers:rows"`
	Steps   int64            `obs:"/computing/steps-after-cancel:steps"`
	many
	empty
}

func run(ctx context.Context, r *experiment.Recorder) error {
	var seen observed
	var err error
	if seen.Workers, seen.Steps, err = stop(ctx, picture{r}); err != nil {
		return err
	}
	seen.many = useAtOnce()
	seen.empty = lookAtEmpty()
	r.Record(seen)
	return nil
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if err := seen.Workers.Equals(wantWorkers(), 1); err != nil {
		return err
	}
	if seen.Steps < stepsToSee {
		return experiment.Refuted("the goroutine that computes made %d steps after the context was cancelled", seen.Steps)
	}
	if err := seen.many.check(); err != nil {
		return err
	}
	return seen.empty.check()
}
