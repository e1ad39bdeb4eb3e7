// Package inject asks: can another process make a goroutine panic?
//
// target.go is the goroutine, which does nothing but count, and what becomes of it.
// sender_linux.go sends it signals that look like faults. cases is the list of what is
// sent and what must come of it. The page tells why.
package inject

import (
	"context"
	"embed"
	"fmt"
	"slices"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a signal can arrive at any instruction, and that one which
// looks like a fault of that instruction becomes a panic there.
var Experiment = &experiment.Experiment{
	ID:       "signals/inject",
	Question: "A goroutine does nothing but add one to a counter, in a function that defers a recover. Another process sends SIGFPE to its thread, the signal of a division by zero, with sigqueue instead of kill. What happens?",
	Choices: []experiment.Choice{
		{
			Text:    "Nothing: the program has not asked for SIGFPE with Notify, and it has not divided.",
			Because: "The runtime asks for SIGFPE itself: that is how it learns of a division by zero. It does not look whether there was a division.",
		},
		{
			Text:    "The process ends with status 2 and a dump of its goroutines, whatever is deferred.",
			Because: "That is what kill -FPE does. The runtime can tell a signal that was sent by kill from a fault, and does not take the former for a panic.",
		},
		{
			Text:    "The loop panics, between two additions, and the recover catches it.",
			True:    true,
			Because: "To the runtime, what was not sent by kill is a fault of the instruction that was interrupted. It makes the goroutine call sigpanic there, and that panics.",
		},
		{
			Text:    "It arrives in the channel of signal.Notify, if there is one, and else kills the process.",
			Because: "For a signal that was sent by kill that would be near the truth. A fault is nothing that can be put into a channel: the goroutine could not go on.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "shots", Unit: "shots", Doc: "how often the loop is interrupted in the first case", Default: 20, Min: 20, Max: 500},
	},
	Run:     run,
	Actors:  map[string]experiment.Body{"target": target},
	Check:   check,
	AnyKnob: true,
	Needs: experiment.Needs{
		Linux:  true,
		NoRace: "there an atomic addition is a call into code that is not Go, where a fault cannot become a panic",
	},
	Claims: []string{"S2"},
	Files:  files,
}

type observed struct {
	Counts []int64          `obs:"/interrupted/at:additions"` // made when the signal came, one for each shot
	Lines  []int64          `obs:"/interrupted/lines:lines"`  // of the loop, in which it came; in order, each once
	Shots  int64            `obs:"/shots:shots"`
	Cases  experiment.Table `obs:"/cases:rows"`
}

func run(ctx context.Context, r *experiment.Recorder) error {
	table := experiment.Table{Header: header}
	for i, c := range cases {
		shots := 1
		if i == 0 {
			shots = r.Knob("shots")
		}
		out, err := c.try(ctx, r, shots)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		table.Add(c.name, out)
	}
	r.Value("/shots:shots", r.Knob("shots"))
	r.Value("/cases:rows", table)
	draw(r)
	return nil
}

// draw shows what became of the shots of the first case.
func draw(r *experiment.Recorder) {
	n := r.Knob("shots")
	for _, s := range []struct {
		layer string
		to    timeline.State
	}{{"sender", timeline.Sent}, {"handler", timeline.Delivered}, {"recover", timeline.Delivered}} {
		how := timeline.Observed
		if s.layer == "handler" {
			how = timeline.Inferred
		}
		r.Event(timeline.Event{
			At: r.Since(), Provenance: how,
			Subject: timeline.Subject{Kind: timeline.Signal, ID: "SIGFPE/" + s.layer}, To: s.to,
			Attrs: []timeline.Attr{{Key: "count", Value: fmt.Sprint(n)}},
		})
	}
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	table := seen.Cases
	for _, c := range cases {
		switch row := table.Row(c.name); {
		case row == nil:
			return experiment.Refuted("this was not tried: %s", c.name)
		case row[1] != c.want:
			return experiment.Refuted("%s: %s, not %s", c.name, row[1], c.want)
		}
	}
	distinct := slices.Compact(slices.Sorted(slices.Values(seen.Counts)))
	switch {
	case int64(len(seen.Counts)) != seen.Shots:
		return experiment.Refuted("%d shots interrupted the loop %d times", seen.Shots, len(seen.Counts))
	case len(distinct) < 2:
		return experiment.Refuted("the loop was always interrupted after %d additions", seen.Counts[0])
	case len(seen.Lines) < 2:
		return experiment.Refuted("the loop was always interrupted in line %v", seen.Lines)
	}
	return nil
}
