package group

import (
	"strconv"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

// shown is the programs that are drawn, and what they are called in the picture.
var shown = map[string]string{
	"errgroup.Group.Go: panics":                             "errgroup",
	"WaitGroup.Go: panics":                                  "WaitGroup.Go",
	"errgroup.Group.Go: panics, recovers, returns an error": "recovers",
}

// picture draws a program that has ended: its process, main as goroutine 1 and the member
// as goroutine 2. What was observed is what Wait returned and how the process ended; the
// rest follows from that, and from how the program is written.
type picture struct {
	r       *experiment.Recorder
	program string
}

func draw(r *experiment.Recorder, c outcome, returned string, end experiment.Ending) {
	p := picture{r, shown[c.actor()]}
	if p.program == "" {
		return
	}
	main, member := p.goroutine(1), p.goroutine(2)
	p.event(timeline.Observed, p.process(), timeline.NotExist, timeline.Running)
	p.event(timeline.Inferred, main, "", timeline.Waiting, timeline.Attr{Key: "in", Value: "Wait"})
	p.event(timeline.Inferred, member, timeline.NotExist, timeline.Running)
	p.event(timeline.Inferred, member, timeline.Running, timeline.Running, timeline.Attr{Key: "does", Value: "panic"})
	if returned == "error" { // the member was there to return it
		p.event(timeline.Inferred, member, timeline.Running, timeline.NotExist, timeline.Attr{Key: "returns", Value: returned})
	}
	if returned != "never" {
		p.event(timeline.Observed, main, timeline.Waiting, timeline.Running, timeline.Attr{Key: "returned", Value: returned})
	}
	p.event(timeline.Observed, p.process(), timeline.Running, timeline.Exited, timeline.Attr{Key: "status", Value: strconv.FormatInt(end.Exit, 10)})
	p.event(timeline.Inferred, main, "", timeline.NotExist)
	if returned != "error" {
		p.event(timeline.Inferred, member, timeline.Running, timeline.NotExist)
	}
}

func (p picture) process() timeline.Subject {
	return timeline.Subject{Kind: timeline.Process, ID: p.program}
}

func (p picture) goroutine(n int) timeline.Subject {
	return timeline.Subject{Kind: timeline.Goroutine, ID: strconv.Itoa(n) + "/" + p.program}
}

// event records what happened next: the order is known, the time is not.
func (p picture) event(how timeline.Provenance, s timeline.Subject, from, to timeline.State, attrs ...timeline.Attr) {
	p.r.Event(timeline.Event{Provenance: how, Subject: s, From: from, To: to, Attrs: attrs})
}
