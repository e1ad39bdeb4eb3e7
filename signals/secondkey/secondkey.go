// Package secondkey asks: a program has been asked to end with Ctrl-C, and its clean-up
// hangs. What does the second Ctrl-C do?
//
// programs.go holds the programs, in which several ways of listening for a signal clean
// up under further keys, and what each key must do. daemon.go holds a daemon that quits
// on any signal whatever, and what makes it quit. run puts all of them through it, check
// compares. The page tells why.
package secondkey

import (
	"context"
	"embed"
	"fmt"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a context of signal.NotifyContext goes on catching
// signals after the first one, and throws them away, until its stop is called.
var Experiment = &experiment.Experiment{
	ID:       "signals/secondkey",
	Question: "A program calls signal.NotifyContext for os.Interrupt and defers stop. After the first Ctrl-C the context is done, and the clean-up hangs. What do the second, third and fourth Ctrl-C do?",
	Choices: []experiment.Choice{
		{
			Text:    "The second one ends the program: the context has been cancelled, so nobody is listening any more.",
			Because: "The context is over, but what was registered for it is not. SIGINT is still diverted to a channel that nobody reads, until stop is called, and stop is deferred.",
		},
		{
			Text:    "Nothing. The program cannot be interrupted any more.",
			True:    true,
			Because: "Until stop is called SIGINT goes into a channel of one place that nobody reads. Call stop as soon as the context is done, and the second key has its usual effect.",
		},
		{
			Text:    "They interrupt the clean-up: a call that blocks returns with an error.",
			Because: "A call returns early if the context that it was given ends. That one has ended already, and it can do so only once.",
		},
		{
			Text:    "The second one ends the program with all its stacks, as runtime panics do: a signal that nobody handles is fatal.",
			Because: "A signal that nobody has asked for would end the process, and of SIGINT without a dump. But this one has been asked for.",
		},
	},
	Run:    run,
	Actors: map[string]experiment.Body{"program": runProgram, "daemon": runDaemon, "nobody": nobody},
	Check:  check,
	Needs:  experiment.Needs{Linux: true},
	Claims: []string{"S16"},
	Files:  files,
}

type observed struct {
	Programs experiment.Table `obs:"/programs:rows"` // a Table: program, what each key did, the end
	Daemon   experiment.Table `obs:"/daemon:rows"`   // a Table: what happened, what the daemon took for an order to quit, the end
	Cause    string           `obs:"/cause:text"`    // of the context of NotifyContext after SIGINT
	Canceled bool             `obs:"/cause/is-canceled:bool"`
}

func keysTable() experiment.Table {
	return experiment.Table{Header: []string{"program", "1st", "2nd", "3rd", "4th", "end"}}
}

func (p program) row(o outcome) []any {
	return []any{p.name, o.keys[0], o.keys[1], o.keys[2], o.keys[3], o.end}
}

func daemonTable() experiment.Table {
	return experiment.Table{Header: []string{"event", "it quits because of", "end", "lines of dump"}}
}

func run(ctx context.Context, r *experiment.Recorder) error {
	table := keysTable()
	for _, p := range programs {
		got, err := p.observe(ctx, r)
		if err != nil {
			return err
		}
		table.Add(p.row(got)...)
		if p.picture != "" {
			draw(r, p.picture, got.keys)
		}
	}
	r.Value("/programs:rows", table)

	table = daemonTable()
	for _, d := range disturbances {
		reason, ending, err := d.observe(ctx, r)
		if err != nil {
			return err
		}
		table.Add(d.event, reason, ending, len(ending.Stderr))
	}
	r.Value("/daemon:rows", table)
	return nil
}

// draw draws the keys of one program: how many reached it, and how many were used.
func draw(r *experiment.Recorder, picture string, keys [presses]string) {
	count := make(map[string]int)
	for _, k := range keys {
		count[k]++
	}
	station := func(layer string, to timeline.State, n int) {
		r.Event(timeline.Event{
			At: r.Since(), Provenance: timeline.Observed, To: to,
			Subject: timeline.Subject{Kind: timeline.Signal, ID: "SIGINT/" + picture + "/" + layer},
			Attrs:   []timeline.Attr{{Key: "count", Value: fmt.Sprint(n)}},
		})
	}
	station("key", timeline.Sent, presses-count[notPressed])
	station("runtime", timeline.Dropped, count[swallowed])
	station("program", timeline.Delivered, count[taken])
	station("default", timeline.Delivered, count[fatal])
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	wanted := keysTable()
	for _, p := range programs {
		wanted.Add(p.row(p.want)...)
	}
	if err := seen.Programs.Equals(wanted, 1); err != nil {
		return err
	}
	wanted = daemonTable()
	for _, d := range disturbances {
		wanted.Add(d.event, d.reason, "exit 0", 0)
	}
	if err := seen.Daemon.Equals(wanted, 1); err != nil {
		return err
	}
	switch {
	case seen.Cause != "interrupt signal received":
		return experiment.Refuted("the cause is %q: it does not name the signal", seen.Cause)
	case !seen.Canceled:
		return experiment.Refuted("the cause is not a context.Canceled")
	}
	return nil
}
