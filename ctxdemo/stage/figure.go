package stage

import (
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

// Figure draws goroutines and flags. The zero value draws nothing.
type Figure struct{ r *experiment.Recorder }

// Draw returns a figure of what r records.
func Draw(r *experiment.Recorder) Figure { return Figure{r} }

// Goroutine draws that a goroutine, by its number in the figure, changes its state.
func (f Figure) Goroutine(n int, name string, from, to timeline.State, attrs ...timeline.Attr) {
	f.event(timeline.G(n), from, to, append(attrs, timeline.Attr{Key: "name", Value: name}))
}

// Blocked draws that a goroutine, which was running, waits for reason.
func (f Figure) Blocked(n int, name, reason string) {
	f.Goroutine(n, name, timeline.Running, timeline.Waiting, timeline.Attr{Key: "reason", Value: reason})
}

// Flag draws what the flag of somebody, or called so, is.
func (f Figure) Flag(name string, set bool, why string) {
	state := timeline.Clear
	if set {
		state = timeline.Set
	}
	f.event(timeline.Subject{Kind: timeline.Flag, ID: name}, "", state, []timeline.Attr{{Key: "when", Value: why}})
}

func (f Figure) event(s timeline.Subject, from, to timeline.State, attrs []timeline.Attr) {
	if f.r != nil {
		f.r.Event(timeline.Event{
			At: f.r.Since(), Provenance: timeline.Observed, Subject: s, From: from, To: to, Attrs: attrs,
		})
	}
}
