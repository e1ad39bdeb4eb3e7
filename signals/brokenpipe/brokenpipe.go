// Package brokenpipe asks: the reader of a pipe has gone, and a Go program writes to it.
// Does it get an error, or does it die?
//
// cases.go lists who writes, where to, and what the program has called before. writer.go
// is the program. run starts it once for each case and notes how it ended. check compares
// with the list. The page tells why.
package brokenpipe

import (
	"context"
	"embed"
	"fmt"
	"strings"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that Go dies of a broken pipe on its standard streams, and gets
// an error everywhere else.
var Experiment = &experiment.Experiment{
	ID:       "signals/brokenpipe",
	Question: "A server sends its log lines to a collector through a pipe, by fmt.Println. It also has a connection to a client. The client goes, and the collector dies. The server writes to the connection, and then prints a line. What happens?",
	Choices: []experiment.Choice{
		{
			Text:    "Both report \"broken pipe\". A Go program does not die of SIGPIPE: its runtime catches that signal.",
			Because: "It catches the signal, and for the connection that is all. But when os finds that it was standard output or standard error which broke, it has the process die of SIGPIPE on purpose.",
		},
		{
			Text:    "The write to the connection ends the server: that is what SIGPIPE does to a program that has not taken precautions.",
			Because: "So it would be in C. In Go every server would die of its first impolite client, so the runtime catches SIGPIPE, and the write returns an error.",
		},
		{
			Text:    "The write to the connection returns an error, and the line ends the server: it is killed by SIGPIPE.",
			True:    true,
			Because: "On every other descriptor a broken pipe is an error. On 1 and 2 it is the end, so that a program whose output nobody reads any more goes away as the others in its pipeline do.",
		},
		{
			Text:    "The write to the connection returns an error; the line is lost, and the server goes on without a log: nobody looks at the error of fmt.Println.",
			Because: "Nobody in this program does. But os looks, before fmt is told: a broken pipe on standard output is not an error that can be overlooked.",
		},
	},
	Run:    run,
	Actors: map[string]experiment.Body{"writer": writer},
	Check:  check,
	Needs:  experiment.Needs{Linux: true},
	Files:  files,
}

type observed struct {
	Cases experiment.Table `obs:"/cases:rows"`
}

func header() []string {
	return []string{"written by", "broken", "called before", "returned", "arrived on the channel", "the process ended"}
}

// outcome is what is seen of a case.
type outcome struct{ returned, arrived, ended string }

func run(ctx context.Context, r *experiment.Recorder) error {
	table := experiment.Table{Header: header()}
	for _, c := range cases {
		seen, err := c.observe(ctx, r)
		if err != nil {
			return fmt.Errorf("%s: %w", c, err)
		}
		table.Add(c.by, c.broken, c.before, seen.returned, seen.arrived, seen.ended)
	}
	r.Record(observed{table})
	return nil
}

// observe runs a case. Its process prints what the write has returned and what has arrived
// on its channel, if it lives to do so, on the stream that is not broken.
func (c writing) observe(ctx context.Context, r *experiment.Recorder) (outcome, error) {
	a, err := r.Start(ctx, "writer", caseVariable+"="+c.String())
	if err != nil {
		return outcome{}, err
	}
	c.draw(r, "", timeline.Running)
	end, err := a.Ending()
	if err != nil {
		return outcome{}, err
	}
	how := timeline.Exited
	if end.Signal != "" {
		how = timeline.Signaled
	}
	c.draw(r, timeline.Running, how)
	lines := append(end.Stdout, end.Stderr...)
	switch len(lines) {
	case 0:
		return outcome{nothing, nothing, end.String()}, nil
	case 2:
		return outcome{lines[0], lines[1], end.String()}, nil
	}
	return outcome{}, fmt.Errorf("the process ended with %v and said %q", end, lines)
}

// nothing is what a process has seen that did not live to see anything.
const nothing = "-"

// draw shows the processes that have called nothing before.
func (c writing) draw(r *experiment.Recorder, from, to timeline.State) {
	if c.before != "" {
		return
	}
	id := strings.ReplaceAll(c.String(), " ", "-")
	r.Event(timeline.Event{
		At: r.Since(), Provenance: timeline.Observed,
		Subject: timeline.Subject{Kind: timeline.Process, ID: id}, From: from, To: to,
	})
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	want := experiment.Table{Header: header()}
	for _, c := range cases {
		want.Add(c.by, c.broken, c.before, c.want.returned, c.want.arrived, c.want.ended)
	}
	return seen.Cases.Equals(want, 3)
}
