package flag

import (
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

// figure draws the sleeper and its flag.
type figure struct{ r *experiment.Recorder }

func (f figure) add(s timeline.Subject, from, to timeline.State, attrs ...timeline.Attr) {
	f.r.Event(timeline.Event{
		At: f.r.Since(), Provenance: timeline.Observed, Subject: s, From: from, To: to, Attrs: attrs,
	})
}

// sleeper draws what the sleeping goroutine does.
func (f figure) sleeper(from, to timeline.State, attrs ...timeline.Attr) {
	f.add(timeline.G(1), from, to, append(attrs, timeline.Attr{Key: "name", Value: "sleeper"})...)
}

// flag draws what the flag is seen to be.
func (f figure) flag(set bool, why string) {
	state := timeline.Clear
	if set {
		state = timeline.Set
	}
	f.add(timeline.Subject{Kind: timeline.Flag, ID: "sleeper"}, "", state, timeline.Attr{Key: "when", Value: why})
}
