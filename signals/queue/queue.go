// Package queue asks: a thousand signals of a kind that queues are sent to a process. How
// many does os/signal hand over?
//
// cases.go is the list of what is tried and what must come of it. members.go starts the
// processes that receive, and listener.go and kernel_linux.go hold what they do: one is
// notified by os/signal, the other takes the signals from the kernel itself. The latter file
// sends, too. The page tells why.
package queue

import (
	"context"
	"embed"
	"fmt"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that the kernel keeps every real-time signal, up to a limit,
// and that the runtime does not.
var Experiment = &experiment.Experiment{
	ID:       "signals/queue",
	Question: "A process is stopped. 1,000 signals 40 are sent to it, all without an error: a real-time signal, of the kind that queues. Then it is continued, and counts what os/signal puts into a channel that has room for all. How many?",
	Choices: []experiment.Choice{
		{
			Text:    "1,000: real-time signals are reliable. That is what they are for.",
			Because: "The kernel does keep all of them, and hands over every one. But it hands them to the handler of the Go runtime, which notes in one bit that there was a signal 40.",
		},
		{
			Text:    "1, or a few: the kernel keeps 1,000, and somebody behind it keeps one.",
			True:    true,
			Because: "The handler is called 1,000 times in a row. It sets a bit that is set already, until a goroutine gets round to looking.",
		},
		{
			Text:    "1: while a signal is pending it cannot be made pending again.",
			Because: "That is how SIGUSR1 fares in the kernel. For signal 40 the kernel has a queue; what is lost is lost later, and how much depends on who is faster.",
		},
		{
			Text:    "0: Go does not support real-time signals.",
			Because: "It does from 35 to 64. They arrive like any other, and are merged like any other.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "signals", Unit: "signals", Doc: "how many are sent to the process that uses os/signal", Default: 1000, Min: 100, Max: 10_000},
	},
	Run:     run,
	Actors:  map[string]experiment.Body{"sender": sender},
	Check:   check,
	AnyKnob: true,
	Needs:   experiment.Needs{Linux: true},
	Claims:  []string{"S5", "S6", "S7", "S9"},
	Files:   files,
}

type observed struct {
	Sent    int64            `obs:"/sent:signals"`      // to the process that uses os/signal, of each kind
	Private bool             `obs:"/user/private:bool"` // the receivers had a user to themselves
	Cases   experiment.Table `obs:"/cases:rows"`
}

func run(ctx context.Context, r *experiment.Recorder) error {
	a, err := r.Start(ctx, "sender")
	if err != nil {
		return err
	}
	_, err = a.Wait()
	return err
}

// sender tries the cases, one after another, each with receivers of its own. In the
// processes that it starts it is a receiver.
func sender(ctx context.Context, r *experiment.Recorder) error {
	if role, ok := ownRole(); ok {
		return role()
	}
	family, err := newFamily(ctx)
	if err != nil {
		return err
	}
	n := r.Knob("signals")
	table := experiment.Table{Header: header}
	for _, c := range cases {
		if c.limited && !family.private() {
			table.Add(append([]any{c.name}, unmetCells()...)...)
			continue
		}
		out, err := c.try(ctx, family, n)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		table.Add(c.name, out.sent, out.refused, out.queued, out.received, out.order)
		if c.drawn != "" {
			draw(r, c.drawn, out)
		}
	}
	if !family.private() {
		r.Notef("what depends on the limit of a user was not tried: that needs a user of its own, and so root")
	}
	r.Record(observed{Sent: int64(n), Private: family.private(), Cases: table})
	return nil
}

// draw shows where signals waited and where they were lost. The counts of sender, kernel
// and channel are observed; what was lost between two of them is inferred.
func draw(r *experiment.Recorder, name string, out outcome) {
	stations := []struct {
		layer string
		to    timeline.State
		count int
	}{
		{"sender", timeline.Sent, out.sent},
		{"kernel", timeline.Pending, out.queued},
		{"kernel", timeline.Dropped, out.sent - out.queued},
		{"runtime", timeline.Delivered, out.queued},
		{"runtime", timeline.Dropped, out.queued - out.received},
		{"channel", timeline.Delivered, out.received},
	}
	for _, s := range stations {
		how := timeline.Observed
		if s.layer == "runtime" || s.to == timeline.Dropped {
			how = timeline.Inferred
		}
		r.Event(timeline.Event{
			At: r.Since(), Provenance: how,
			Subject: timeline.Subject{Kind: timeline.Signal, ID: name + "/" + s.layer}, To: s.to,
			Attrs: []timeline.Attr{{Key: "count", Value: fmt.Sprint(s.count)}},
		})
	}
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	table := seen.Cases
	return judge(table, int(seen.Sent), seen.Private)
}
