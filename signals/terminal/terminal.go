// Package terminal asks: a shell runs one job in the foreground and one in the
// background. Somebody presses Ctrl-C. Who gets SIGINT?
//
// scenes.go holds the table of keys and events: what is done, and who must get what.
// session.go plays one scene on a terminal of its own, with three real processes;
// process.go is what those do; device_linux.go is the terminal. check compares what was
// seen with the table. The page tells why.
package terminal

import (
	"context"
	"embed"
	"errors"
	"os"
	"strings"
	"sync"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that the terminal driver sends the signal of a key to the
// foreground process group, and to nobody else.
var Experiment = &experiment.Experiment{
	ID:       "signals/terminal",
	Question: "A shell has a job in the foreground and another, started with &, in the background. You press Ctrl-C. Which of the three processes get SIGINT?",
	Choices: []experiment.Choice{
		{
			Text:    "All three: they have the same terminal, and Ctrl-C goes to every process of it. The shell ignores it.",
			Because: "All three have the same terminal, but at any moment it belongs to one process group, and a key's signal goes to that one. This shell does not ignore SIGINT. It reports every signal, and there is none to report.",
		},
		{
			Text:    "The shell gets it, and passes it on to the job in the foreground.",
			Because: "The shell is asleep, waiting for its child, and learns of nothing. It has told the terminal beforehand which group is in front; the kernel does the rest.",
		},
		{
			Text:    "The two jobs: both are children of the shell, and it protects itself.",
			Because: "Who is whose child does not matter. A shell puts every job into a process group of its own, and only one group is in front.",
		},
		{
			Text:    "The job in the foreground, alone.",
			True:    true,
			Because: "The terminal driver in the kernel turns the key into SIGINT for the foreground process group. A job started with & is in another group.",
		},
	},
	Run:    run,
	Actors: map[string]experiment.Body{"terminal": play},
	Check:  check,
	Needs:  experiment.Needs{Linux: true},
	Claims: []string{"S1"},
	Files:  files,
}

type observed struct {
	Events experiment.Table `obs:"/events:rows"` // a Table: event, then what each process got
}

// parts are the processes of a scene, and the columns of the table after the first.
var parts = []string{"leader", "foreground", "background"}

func eventsTable() experiment.Table {
	return experiment.Table{Header: append([]string{"event"}, parts...)}
}

func run(ctx context.Context, r *experiment.Recorder) error {
	// The terminals and all that runs on them are below one actor: when it ends, however
	// it ends, its supervisor clears up.
	a, err := r.Start(ctx, "terminal")
	if err != nil {
		return err
	}
	_, err = a.Wait()
	return err
}

// play plays every scene. In a process that session.start started it is that process.
func play(_ context.Context, r *experiment.Recorder) error {
	if p, ok := os.LookupEnv(envPart); ok {
		return be(p, r)
	}
	all, err := playAll()
	if err != nil {
		return err
	}
	table := eventsTable()
	for i, s := range scenes {
		table.Add(s.event, all[i][0], all[i][1], all[i][2])
		if s.signal != "" {
			draw(r, s, all[i])
		}
	}
	r.Record(observed{table})
	return nil
}

// playAll plays the scenes, several at a time: they have nothing in common, and spend
// most of it waiting for processes to start.
func playAll() ([]outcome, error) {
	const atOnce = 4
	all, errs := make([]outcome, len(scenes)), make([]error, len(scenes))
	places := make(chan struct{}, atOnce)
	var wg sync.WaitGroup
	for i, s := range scenes {
		wg.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			all[i], errs[i] = s.play()
		})
	}
	wg.Wait()
	return all, errors.Join(errs...)
}

// draw draws a signal from the key to the processes. That the driver sends it is
// inferred: one sees who pressed the key and who got the signal.
func draw(r *experiment.Recorder, s scene, got outcome) {
	station := func(name string, how timeline.Provenance, to timeline.State, attrs ...timeline.Attr) {
		r.Event(timeline.Event{
			At: r.Since(), Provenance: how, To: to,
			Subject: timeline.Subject{Kind: timeline.Signal, ID: s.key + "/" + s.signal + "/" + name},
			Attrs:   attrs,
		})
	}
	station("driver", timeline.Inferred, timeline.Sent, timeline.Attr{Key: "count", Value: "1"})
	for i, part := range parts {
		attrs := []timeline.Attr{{Key: "count", Value: "0"}}
		if strings.Contains(got[i], s.signal) {
			attrs[0].Value = "1"
		}
		if i > 0 { // the driver may send to any of them
			attrs = append(attrs, timeline.Attr{Key: "beside", Value: parts[i-1]})
		}
		station(part, timeline.Observed, timeline.Delivered, attrs...)
	}
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	want := eventsTable()
	for _, s := range scenes {
		want.Add(s.event, s.want[0], s.want[1], s.want[2])
	}
	return seen.Events.Equals(want, 1)
}
