// Package shutdown asks: a server that has requests in flight gets SIGTERM and calls
// http.Server.Shutdown. How many of the requests are answered?
//
// serve.go is the way that loses none, to be copied. ways.go holds it and the popular
// others in a table, with what each must lose. site.go is what all of them serve, visit.go
// is the client, which counts. The page tells why.
package shutdown

import (
	"context"
	"embed"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that Shutdown waits for requests, and that its caller has to
// wait for Shutdown.
var Experiment = &experiment.Experiment{
	ID:       "signals/shutdown",
	Question: "main ends with server.ListenAndServe(). At SIGTERM another goroutine calls server.Shutdown, which waits for the requests in flight. Four of them are. How many are answered?",
	Choices: []experiment.Choice{
		{
			Text:    "Four: Shutdown waits until the last one is answered.",
			Because: "Shutdown would wait. But ListenAndServe returns as soon as Shutdown is called, not when it is done, and then main returns. Nobody waits for the goroutine that waits.",
		},
		{
			Text:    "None: the program ends while they are being worked on.",
			True:    true,
			Because: "The first thing that Shutdown does is to close the listener, which makes ListenAndServe return. main is over, and so is the process, with everything that was in flight.",
		},
		{
			Text:    "Those whose answer has begun; the others are refused with 503.",
			Because: "There is no such half measure. A process that has ended sends nothing, and Shutdown itself refuses only new connections.",
		},
		{
			Text:    "It varies: it is a race between the goroutines.",
			Because: "A race it is, between the end of main and the requests. But main has nothing left to do, and the requests here are not answered before the server has ended or waits for them.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "running", Unit: "requests", Doc: "how many are in flight when the signal comes", Default: 4, Min: 1, Max: 200},
	},
	Run:     run,
	Actors:  map[string]experiment.Body{"server": runServer},
	Check:   check,
	AnyKnob: true,
	Files:   files,
}

type observed struct {
	Running int64            `obs:"/running:requests"` // in flight when the signal came
	Idle    int64            `obs:"/idle:connections"` // kept alive, over each of which one more request is sent after the signal
	Late    int64            `obs:"/late:connections"` // that are asked for when the listener is closed
	Ways    experiment.Table `obs:"/ways:rows"`        // a Table: see header
}

// header is that of the table. A request that was sent over a connection is started, and
// then either answered or lost; a connection that was not made is refused, and whoever
// asked for it knows that nothing was done.
var header = []string{"way", "started", "answered", "lost", "refused", "end"}

func run(ctx context.Context, r *experiment.Recorder) error {
	table := experiment.Table{Header: header}
	running := r.Knob("running")
	for _, w := range ways {
		got, err := visit(ctx, r, w, running)
		if err != nil {
			return err
		}
		table.Add(w.name, got.answered+got.lost, got.answered, got.lost, got.refused, got.end)
	}
	r.Record(observed{Running: int64(running), Idle: idle, Late: late, Ways: table})
	return nil
}

// draw notes a change of something that the server of a way is or does.
func draw(r *experiment.Recorder, w way, kind timeline.Kind, suffix string, from, to timeline.State) {
	if w.picture == "" {
		return
	}
	r.Event(timeline.Event{
		At: r.Since(), Provenance: timeline.Observed, From: from, To: to,
		Subject: timeline.Subject{Kind: kind, ID: w.picture + suffix},
	})
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	want := experiment.Table{Header: header}
	for _, w := range ways {
		answered := int64(0)
		if w.answers.running {
			answered += seen.Running
		}
		if w.answers.idle {
			answered += seen.Idle
		}
		started := seen.Running + seen.Idle
		want.Add(w.name, started, answered, started-answered, seen.Late, w.end)
	}
	return seen.Ways.Equals(want, 1)
}
