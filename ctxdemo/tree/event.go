package tree

import (
	"fmt"
	"time"

	"lab.example/gopark/internal/timeline"
)

// Event is the beginning or the end of a node.
type Event struct {
	At         time.Duration       // since the tree was made
	Provenance timeline.Provenance // of its place in the order
	Kind       Kind
	To         timeline.State // Live; Canceled; NotExist for a function that was stopped
	By         By             // ByNobody for Live
	Err, Cause error          // nil, unless Canceled

	node *record // only what is constant may be read
}

// Path returns the node's path: "root/a".
func (e Event) Path() string { return e.node.path() }

// Timeline returns e as an event of a timeline, whose subject is the context, or function, with
// this path. Its attributes are kind= for the beginning, and by= and cause= for the end; the
// cause is that of context.Cause.
func (e Event) Timeline() timeline.Event {
	te := timeline.Event{
		At: e.At, Provenance: e.Provenance,
		Subject: timeline.Subject{Kind: timeline.Context, ID: e.Path()},
		From:    timeline.Live, To: e.To,
	}
	if e.To == timeline.Live {
		te.From = timeline.NotExist
		te.Attrs = []timeline.Attr{{Key: "kind", Value: e.Kind.String()}}
		return te
	}
	te.Attrs = []timeline.Attr{{Key: "by", Value: e.By.String()}}
	if e.Cause != nil {
		te.Attrs = append(te.Attrs, timeline.Attr{Key: "cause", Value: e.Cause.Error()})
	}
	return te
}

// String returns the text form of a timeline.
func (e Event) String() string { return fmt.Sprint(e.Timeline()) }

// Events returns the events that Options.Log has kept, oldest first. In their order the
// timeline's Board accepts them.
func (t *Tree) Events() []timeline.Event {
	t.mu.Lock()
	events := make([]Event, 0, len(t.log.items))
	for e := range t.log.all() {
		events = append(events, e)
	}
	t.mu.Unlock()
	converted := make([]timeline.Event, len(events))
	for i, e := range events {
		converted[i] = e.Timeline()
	}
	return converted
}

func (t *Tree) emitCreated(n *node) {
	if t.listened() {
		t.emit(Event{At: n.notes.created, Provenance: timeline.Observed, Kind: n.kind, To: timeline.Live, node: n.record})
	}
}

func (t *Tree) emitEnded(n *node) {
	if t.listened() {
		t.emit(Event{
			At: n.notes.ended, Provenance: n.provenance(), Kind: n.kind,
			To: n.state(), By: n.by, Err: n.err, Cause: n.cause, node: n.record,
		})
	}
}

func (t *Tree) listened() bool { return t.options.Sink != nil || t.options.Log > 0 }

func (t *Tree) emit(e Event) {
	t.log.push(e)
	if t.options.Sink != nil {
		t.options.Sink(e)
	}
}
