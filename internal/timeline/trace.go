package timeline

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/exp/trace"

	"lab.example/gopark/internal/hint"
)

const completeHint = "a trace is complete when trace.Stop has returned: did the program get there?"

// FromTrace reads what runtime/trace wrote and returns the changes of state of
// goroutines and Ps in it, in the order in which they happened, all of them Observed.
// At counts from the first change in the trace, kept or not. If keep is not nil,
// only the events for which it reports true are returned.
//
// The first event of a goroutine or P that is older than the trace says in which
// state it was found: its From is "". It can come late, because the runtime looks for
// sleepers last. What a trace repeats from time to time, a state without a change, is
// left out. The attributes:
//
//	on=P0                  goroutine: the P where it happened, if there was one
//	on=M4711               P that is Running now: the thread that runs it, by its
//	                       number in the operating system
//	by=G3                  the goroutine that did it to another one, or to a P
//	reason="chan receive"  why a goroutine stopped running, in the words of the runtime
//
// A trace knows neither the contents of run queues nor who stole from whom.
//
// A trace that is damaged or cut off gives an error, together with the events before
// the damage. A long trace is a row of sections, about one a second: cut between two
// of them, it looks complete. FromTrace keeps all that it returns in memory.
func FromTrace(r io.Reader, keep func(Event) bool) ([]Event, error) {
	reader, err := openTrace(r)
	if err != nil {
		err = fmt.Errorf("read trace: %w", err)
		return nil, hint.With(err, "give it what runtime/trace or go test -trace wrote")
	}
	var (
		events []Event
		c      = converter{names: make(map[trace.ResourceID]named)}
	)
	for {
		ev, change, err := nextChange(reader)
		// Not errors.Is: io.EOF inside of another error means that the trace is cut off.
		if err == io.EOF {
			break
		}
		if err != nil {
			return events, fmt.Errorf("read trace: %w", brief(err))
		}
		e, ok, err := c.convert(ev, change)
		if err != nil {
			return events, fmt.Errorf("read trace: %w", err)
		}
		if ok && (keep == nil || keep(e)) {
			events = append(events, e)
		}
	}
	if !c.started {
		err := errors.New("read trace: it is empty")
		return nil, hint.With(err, "%s", completeHint)
	}
	return events, nil
}

// openTrace is trace.NewReader without its panics.
func openTrace(r io.Reader) (_ *trace.Reader, err error) {
	defer recoverDamage(&err)
	return trace.NewReader(r)
}

// nextChange reads up to the next change of state. It returns io.EOF itself, not
// wrapped, after the last one.
func nextChange(r *trace.Reader) (_ trace.Event, _ trace.StateTransition, err error) {
	defer recoverDamage(&err)
	for {
		ev, err := r.ReadEvent()
		if err != nil {
			return trace.Event{}, trace.StateTransition{}, err
		}
		if ev.Kind() == trace.EventStateTransition {
			return ev, ev.StateTransition(), nil
		}
	}
}

// recoverDamage turns a panic into an error. The reader validates most of its input
// but not all: some damaged traces make it, or the accessors of its events, panic.
func recoverDamage(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("damaged trace: %v", p)
	}
}

// brief returns the first line of what the reader says. To some errors it appends all
// that it knows of the trace, which can be thousands of lines.
func brief(err error) error {
	if line, _, long := strings.Cut(err.Error(), "\n"); long {
		err = errors.New(strings.TrimRight(line, ": "))
	}
	return hint.With(err, "%s", completeHint)
}

// converter turns the events of one trace into ours.
type converter struct {
	started bool
	start   trace.Time                 // when the first change happened
	names   map[trace.ResourceID]named // of everything that the trace has mentioned
}

// named is a Subject and its text form, which attributes refer to it by.
type named struct {
	Subject
	text string
}

var goroutineStates = map[trace.GoState]State{
	trace.GoUndetermined: "",
	trace.GoNotExist:     NotExist,
	trace.GoRunnable:     Runnable,
	trace.GoRunning:      Running,
	trace.GoWaiting:      Waiting,
	trace.GoSyscall:      Syscall,
}

var procStates = map[trace.ProcState]State{
	trace.ProcUndetermined: "",
	trace.ProcNotExist:     NotExist,
	trace.ProcRunning:      Running,
	trace.ProcIdle:         Idle,
}

// convert reports false for a change that is none, and for subjects other than
// goroutines and Ps.
func (c *converter) convert(ev trace.Event, change trace.StateTransition) (e Event, ok bool, err error) {
	var knownFrom, knownTo bool
	switch change.Resource.Kind {
	case trace.ResourceGoroutine:
		from, to := change.Goroutine()
		e.From, knownFrom = goroutineStates[from]
		e.To, knownTo = goroutineStates[to]
	case trace.ResourceProc:
		from, to := change.Proc()
		e.From, knownFrom = procStates[from]
		e.To, knownTo = procStates[to]
	default:
		return Event{}, false, nil
	}
	if !knownFrom || !knownTo || e.To == "" {
		return Event{}, false, fmt.Errorf("unknown state of %v", change.Resource)
	}
	if e.From == e.To {
		return Event{}, false, nil
	}
	if !c.started {
		c.started, c.start = true, ev.Time()
	}
	e.At = ev.Time().Sub(c.start)
	e.Provenance = Observed
	e.Subject = c.name(change.Resource).Subject
	e.Attrs = c.attrs(e, ev, change)
	return e, true, nil
}

func (c *converter) attrs(e Event, ev trace.Event, change trace.StateTransition) (attrs []Attr) {
	add := func(key, value string) { attrs = append(attrs, Attr{key, value}) }
	// When something is found in a state, the event comes from whoever found it. Only
	// what is found Running was found by its own thread.
	found := e.From == ""
	switch e.Subject.Kind {
	case Goroutine:
		if p := ev.Proc(); p != trace.NoProc && (!found || e.To == Running) {
			add("on", c.name(trace.MakeResourceID(p)).text)
		}
	case Proc:
		if m := ev.Thread(); m != trace.NoThread && e.To == Running {
			add("on", c.name(trace.MakeResourceID(m)).text)
		}
	}
	if g := ev.Goroutine(); g != trace.NoGoroutine && !found {
		if by := c.name(trace.MakeResourceID(g)); by.Subject != e.Subject {
			add("by", by.text)
		}
	}
	if change.Reason != "" {
		add("reason", change.Reason)
	}
	return attrs
}

// name returns the name of a goroutine, P or thread, which is made once: a trace
// mentions few things many times.
func (c *converter) name(id trace.ResourceID) named {
	if n, ok := c.names[id]; ok {
		return n
	}
	var s Subject
	switch id.Kind {
	case trace.ResourceGoroutine:
		s = G(int(id.Goroutine()))
	case trace.ResourceProc:
		s = P(int(id.Proc()))
	default:
		s = M(int(id.Thread()))
	}
	n := named{s, s.String()}
	c.names[id] = n
	return n
}
