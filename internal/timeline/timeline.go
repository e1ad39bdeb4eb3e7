// Package timeline answers: what happened, to whom, in which order, and how do we know?
//
// An Event is one change of state of one subject: a goroutine, a P, a context, a
// process, a signal. Goroutine and P states are named as in golang.org/x/exp/trace.
// Every event carries its Provenance, because a page that mixes what was seen with
// what was concluded teaches nothing.
//
// The text form (text.go) is one event a line. It is what golden files hold, what a
// child process writes to its parent, what a page narrates to a screen reader and
// what the fuzzer checks. Board (board.go) is the one reducer that turns events
// into the state that is drawn. FromTrace (trace.go) reads a runtime/trace.
//
// Read timeline.go, then text.go, board.go, trace.go.
package timeline

import (
	"fmt"
	"slices"
	"time"
)

// Provenance says how an event is known.
type Provenance string

const (
	Observed  Provenance = "observed"  // the program itself, a trace or the kernel saw it
	Inferred  Provenance = "inferred"  // derived from observations by a rule that the page names
	Simulated Provenance = "simulated" // said by a model; nothing real did it
)

// Kind is what sort of thing a Subject is.
type Kind string

const (
	Goroutine Kind = "G"       // ID is its number or spawn index
	Proc      Kind = "P"       // a P of the scheduler; ID is its index
	Thread    Kind = "M"       // an M; ID is its index or thread id
	Context   Kind = "context" // ID is its path in the tree: "root/a"
	Process   Kind = "process" // ID is its part in the experiment: "receiver"
	Signal    Kind = "signal"  // ID is name and layer: "SIGUSR1/kernel"
	Flag      Kind = "flag"    // ID says whose: "sleeper"
	Value     Kind = "value"   // ID names a quantity that should stay within bounds
)

// State is a state of a subject. Which states a kind has is listed in States.
type State string

const (
	NotExist  State = "NotExist"
	Runnable  State = "Runnable"
	Running   State = "Running"
	Waiting   State = "Waiting"
	Syscall   State = "Syscall"
	Idle      State = "Idle"
	Live      State = "Live"
	Canceled  State = "Canceled"
	Stopped   State = "Stopped"
	Exited    State = "Exited"
	Signaled  State = "Signaled"
	Sent      State = "Sent"
	Pending   State = "Pending"
	Delivered State = "Delivered"
	Dropped   State = "Dropped"
	Clear     State = "Clear"
	Set       State = "Set"
	Inside    State = "Inside"
	Outside   State = "Outside"
)

// States lists, for each kind, the states that its subjects can be in.
var States = map[Kind][]State{
	Goroutine: {NotExist, Runnable, Running, Waiting, Syscall},
	Proc:      {NotExist, Idle, Running},
	Thread:    {NotExist, Idle, Running, Syscall},
	Context:   {NotExist, Live, Canceled},
	Process:   {NotExist, Running, Stopped, Exited, Signaled},
	Signal:    {Sent, Pending, Delivered, Dropped},
	Flag:      {Clear, Set},
	Value:     {Inside, Outside},
}

// Subject is whom an event is about.
type Subject struct {
	Kind Kind
	ID   string // not empty; no space, no quote; no colon if the Kind is one letter
}

// G, P and M name a goroutine, a P and an M by number.
func G(n int) Subject { return Subject{Goroutine, fmt.Sprint(n)} }
func P(n int) Subject { return Subject{Proc, fmt.Sprint(n)} }
func M(n int) Subject { return Subject{Thread, fmt.Sprint(n)} }

// Attr is one detail of an event: by=G1, cause="boss said stop". Of a signal, count=1000 is
// how many got so far, and beside=LAYER says that this layer is not behind that one.
type Attr struct{ Key, Value string }

// Event is one change of state.
type Event struct {
	At         time.Duration // since the start of the timeline; 0 when only the order is known
	Provenance Provenance
	Subject    Subject
	From       State // "" when it is not known
	To         State
	Attrs      []Attr
}

// Validate reports the first thing that is wrong with e: an unknown provenance or
// kind, a state that the kind does not have, a name that the text form cannot hold.
func (e Event) Validate() error {
	switch e.Provenance {
	case Observed, Inferred, Simulated:
	default:
		return fmt.Errorf("unknown provenance %q: want observed, inferred or simulated", e.Provenance)
	}
	states, ok := States[e.Subject.Kind]
	if !ok {
		return fmt.Errorf("unknown kind of subject %q", e.Subject.Kind)
	}
	if !isID(e.Subject.Kind, e.Subject.ID) {
		return fmt.Errorf("subject %s has an unusable ID %q", e.Subject.Kind, e.Subject.ID)
	}
	if e.From != "" && !slices.Contains(states, e.From) {
		return fmt.Errorf("%s cannot be in state %q", e.Subject, e.From)
	}
	if !slices.Contains(states, e.To) {
		return fmt.Errorf("%s cannot be in state %q", e.Subject, e.To)
	}
	for _, a := range e.Attrs {
		if !isKey(a.Key) {
			return fmt.Errorf("unusable attribute name %q", a.Key)
		}
	}
	return nil
}

// Attr returns the value of the attribute named key, or "".
func (e Event) Attr(key string) string {
	for _, a := range e.Attrs {
		if a.Key == key {
			return a.Value
		}
	}
	return ""
}
