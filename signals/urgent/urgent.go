// Package urgent asks: a program ignores SIGURG, a signal that it never uses. What does
// that change?
//
// run starts a process for each row of cases (cases.go). Each is the same program
// (program.go): it calls what its row says, then computes while somebody else waits for
// it to be interrupted. check compares with the row. The page tells why.
package urgent

import (
	"context"
	"embed"
	"fmt"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that the runtime interrupts loops by SIGURG, and that
// signal.Ignore takes it from the runtime, too.
var Experiment = &experiment.Experiment{
	ID:       "signals/urgent",
	Question: "A program has called signal.Ignore(syscall.SIGURG). It has one P. One goroutine computes in a loop that calls nothing, for a long while; another one has just begun to sleep for a millisecond. When does the sleeper wake?",
	Choices: []experiment.Choice{
		{
			Text:    "After ten milliseconds or so, when the other one's time slice is over. The program does not use SIGURG, so ignoring it changes nothing.",
			Because: "The program does not use it, but its runtime does: SIGURG is how a thread that computes is told that its time slice is over.",
		},
		{
			Text:    "When the loop ends, and not before.",
			True:    true,
			Because: "The runtime asks the kernel to interrupt the thread by SIGURG, and the kernel throws an ignored signal away. Nothing else can stop a loop that calls nothing.",
		},
		{
			Text:    "After ten milliseconds or so: signal.Ignore stops signals from reaching my channels, the runtime's own handler stays where it was.",
			Because: "That would have been possible, but signal.Ignore is no filter inside the runtime. It sets the disposition in the kernel, and there is only one of those for the runtime and the program together.",
		},
		{
			Text:    "After a millisecond: a timer interrupts whatever runs.",
			Because: "Timers of Go do not interrupt anything. They are looked at when the P chooses its next goroutine, and for that somebody must take it from the one that computes.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "loop", Unit: "ms", Doc: "the time that the loop takes if nothing ends it", Default: 25, Min: 25, Max: 1000},
	},
	Run:     run,
	Actors:  map[string]experiment.Body{"program": program},
	Check:   check,
	AnyKnob: true,
	Needs: experiment.Needs{
		Linux:  true,
		NoRace: "it makes a call of every atomic operation, and a loop that calls something can be interrupted",
	},
	Claims: []string{"S16", "S17"},
	Files:  files,
}

type observed struct {
	Cases experiment.Table `obs:"/cases:rows"`
}

func header() []string {
	return []string{"called before", "sent by hand", "arrived", "world stopped, two Ps", "sleeper woke, one P"}
}

// run puts each case into a process of its own, one after the other.
func run(ctx context.Context, r *experiment.Recorder) error {
	table := experiment.Table{Header: header()}
	for _, c := range cases {
		seen, err := c.observe(ctx, r)
		if err != nil {
			return fmt.Errorf("case %q: %w", c.name, err)
		}
		table.Add(c.name, list(c.sent), seen.arrived, seen.stopped, seen.woke)
		c.draw(r, seen)
	}
	r.Record(observed{table})
	return nil
}

// result is what one process has seen.
type result struct {
	arrived string // on its channel: list
	stopped string // all Ps, for a moment, while a loop ran on one of them: when
	woke    string // the sleeper, while a loop ran on the only P: when, or notTried
}

// observe runs one case. Its process prints three lines.
func (c called) observe(ctx context.Context, r *experiment.Recorder) (s result, err error) {
	a, err := r.Start(ctx, "program", append(c.env, caseVariable+"="+c.name)...)
	if err != nil {
		return s, err
	}
	end, err := a.Ending()
	switch {
	case err != nil:
		return s, err
	case end.String() != "exit 0" || len(end.Stdout) != 3:
		return s, fmt.Errorf("its process ended with %v: %q %q", end, end.Stdout, end.Stderr)
	}
	return result{end.Stdout[0], end.Stdout[1], end.Stdout[2]}, nil
}

const notTried = "-"

func when(before bool) string {
	if before {
		return "before the loop ended"
	}
	return "after the loop"
}

// draw shows the processor of the case with one P: who had it, in which order. That the
// loop was interrupted is inferred: another goroutine ran before the loop had ended.
func (c called) draw(r *experiment.Recorder, s result) {
	if s.woke == notTried {
		return
	}
	attrs := []timeline.Attr{{Key: "case", Value: c.name}}
	const loop, sleeper = 1, 2
	move := func(g int, how timeline.Provenance, from, to timeline.State) {
		r.Event(timeline.Event{Provenance: how, Subject: timeline.G(g), From: from, To: to, Attrs: attrs})
	}
	move(sleeper, timeline.Observed, "", timeline.Waiting)
	move(loop, timeline.Observed, "", timeline.Running)
	if s.woke == when(true) {
		move(loop, timeline.Inferred, timeline.Running, timeline.Runnable)
	} else {
		move(loop, timeline.Observed, timeline.Running, timeline.Waiting)
	}
	move(sleeper, timeline.Observed, timeline.Waiting, timeline.Running)
	move(sleeper, timeline.Observed, timeline.Running, timeline.NotExist)
	if s.woke == when(true) {
		move(loop, timeline.Observed, timeline.Runnable, timeline.Running)
		move(loop, timeline.Observed, timeline.Running, timeline.Waiting)
	}
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	want := experiment.Table{Header: header()}
	for _, c := range cases {
		w := c.wanted()
		want.Add(c.name, list(c.sent), w.arrived, w.stopped, w.woke)
	}
	return seen.Cases.Equals(want, 1)
}

// wanted is what the process of the case must see.
func (c called) wanted() result {
	w := result{c.arrives, when(c.interrupted), notTried}
	if c.sleeps {
		w.woke = w.stopped
	}
	return w
}
