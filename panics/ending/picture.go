package ending

import (
	"strconv"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

// night is the five programs of the question, and what they are called in the picture.
var night = map[string]string{
	"panic in a goroutine, main recovers": "panic-in-a-goroutine",
	"panic in init":                       "panic-in-init",
	"os.Exit(256)":                        "os.Exit(256)",
	"Goexit in main, alone":               "Goexit-in-main",
	"SIGTERM":                             "SIGTERM",
}

// telephone rings if a program does not end with 0. No script was run that would make it
// ring: this is the page's story.
var telephone = timeline.Subject{Kind: timeline.Flag, ID: "telephone"}

// picture draws the night. Other programs are not in it.
type picture struct {
	r     *experiment.Recorder
	phone timeline.State // "" before the first of them
}

func (p *picture) start(program string) {
	if night[program] == "" {
		return
	}
	if p.phone != timeline.Clear {
		p.ring(timeline.Clear)
	}
	p.process(program, timeline.NotExist, timeline.Running)
}

func (p *picture) end(program string, end experiment.Ending) {
	switch {
	case night[program] == "":
		return
	case end.Signal != "":
		p.process(program, timeline.Running, timeline.Signaled, timeline.Attr{Key: "signal", Value: end.Signal})
	default:
		p.process(program, timeline.Running, timeline.Exited, timeline.Attr{Key: "status", Value: strconv.FormatInt(end.Exit, 10)})
	}
	if end.Signal != "" || end.Exit != 0 {
		p.ring(timeline.Set)
	}
}

func (p *picture) process(program string, from, to timeline.State, attrs ...timeline.Attr) {
	p.r.Event(timeline.Event{
		At: p.r.Since(), Provenance: timeline.Observed, Subject: timeline.Subject{Kind: timeline.Process, ID: night[program]},
		From: from, To: to, Attrs: attrs,
	})
}

func (p *picture) ring(to timeline.State) {
	p.r.Event(timeline.Event{At: p.r.Since(), Provenance: timeline.Inferred, Subject: telephone, From: p.phone, To: to})
	p.phone = to
}
