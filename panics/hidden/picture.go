package hidden

import (
	"strconv"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/stacks"
	"lab.example/gopark/internal/timeline"
)

// shown is the programs that are drawn, and what they are called in the picture.
var shown = map[string]string{
	"nothing deferred": "plain",
	"os.Exit(0)":       "os.Exit(0)",
	"log.Fatal":        "log.Fatal",
	goesOn:             "main-works",
}

// picture draws a program as it was found in the end: its process, and whether the panic
// has been printed.
type picture struct {
	r       *experiment.Recorder
	program string // "" if it is not drawn
}

// ended draws a program that has ended.
func (p picture) ended(end experiment.Ending) {
	p.event(p.process(), timeline.NotExist, timeline.Running)
	to := timeline.Clear
	if first(end) == "panic: aaa" {
		to = timeline.Set
	}
	p.event(p.printed(), "", to)
	p.event(p.process(), timeline.Running, timeline.Exited, timeline.Attr{Key: "status", Value: strconv.FormatInt(end.Exit, 10)})
}

// goesOn draws the program that goes on, of which own is what it has printed by itself, with
// the goroutine that has panicked, if one was found.
func (p picture) goesOn(own []string, panicked stacks.Goroutine) {
	p.event(p.process(), timeline.NotExist, timeline.Running)
	if panicked.ID != 0 {
		p.event(p.goroutine(panicked), "", timeline.Waiting, timeline.Attr{Key: "found", Value: panicked.Wait})
	}
	to := timeline.Clear
	if len(own) > 0 {
		to = timeline.Set
	}
	p.event(p.printed(), "", to)
	p.event(p.process(), timeline.Running, timeline.Running, timeline.Attr{Key: "asked", Value: "SIGQUIT"})
}

func (p picture) process() timeline.Subject {
	return timeline.Subject{Kind: timeline.Process, ID: p.program}
}

// printed is a flag that is up when the panic is on stderr.
func (p picture) printed() timeline.Subject {
	return timeline.Subject{Kind: timeline.Flag, ID: "printed/" + p.program}
}

func (p picture) goroutine(g stacks.Goroutine) timeline.Subject {
	return timeline.Subject{Kind: timeline.Goroutine, ID: strconv.Itoa(g.ID) + "/" + p.program}
}

// event records what was found: the order is known, the time is not.
func (p picture) event(s timeline.Subject, from, to timeline.State, attrs ...timeline.Attr) {
	if p.program != "" {
		p.r.Event(timeline.Event{Provenance: timeline.Observed, Subject: s, From: from, To: to, Attrs: attrs})
	}
}
