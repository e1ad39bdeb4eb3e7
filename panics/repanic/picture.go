package repanic

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/stacks"
	"lab.example/gopark/internal/timeline"
)

// shown is the chains that are drawn, by name: the one of the question, and one whose first
// panic is over when the second begins.
var shown = []string{"same", "later"}

// theOrigin is the function origin in a trace.
const theOrigin = "origin"

// picture draws a program that has ended: its process, and a flag for each call that has
// not returned. Those in the trace that the program printed are observed. If origin is not
// among them, then that it was there, and the first panic with it, is inferred. The order
// is known, the time is not.
type picture struct {
	r       *experiment.Recorder
	program string
	panics  int // so far
}

func draw(r *experiment.Recorder, p program, e experiment.Ending) {
	if !slices.Contains(shown, p.name) {
		return
	}
	drawn := &picture{r: r, program: p.name}
	drawn.event(timeline.Observed, drawn.process(), timeline.NotExist, timeline.Running)
	calls := trace(p.name, e.Stderr)
	for i, call := range calls {
		if call == "panic" {
			call = drawn.panic()
		}
		drawn.event(timeline.Observed, drawn.onStack(call), timeline.Clear, timeline.Set)
		if i == 0 && !slices.Contains(calls, theOrigin) {
			drawn.cameAndWent(theOrigin, drawn.panic())
		}
	}
	drawn.event(timeline.Observed, drawn.process(), timeline.Running, timeline.Exited, timeline.Attr{Key: "status", Value: strconv.FormatInt(e.Exit, 10)})
}

// cameAndWent draws calls, the second within the first, that returned before the end.
func (p *picture) cameAndWent(calls ...string) {
	for _, call := range calls {
		p.event(timeline.Inferred, p.onStack(call), timeline.Clear, timeline.Set)
	}
	for _, call := range slices.Backward(calls) {
		p.event(timeline.Inferred, p.onStack(call), timeline.Set, timeline.Clear)
	}
}

// trace returns the functions on the stack of the goroutine that panicked, from the program
// to the panic that ends it. It is empty if the program is not among them.
func trace(program string, stderr []string) []string {
	all := stacks.Parse(strings.Join(stderr, "\n"))
	if len(all) == 0 {
		return nil
	}
	calls := []string{"panic"} // the last one: a trace begins with its caller
	for _, f := range all[0].Frames {
		_, name, own := strings.Cut(f.Func, "/repanic.")
		switch {
		case own:
			calls = append(calls, name)
		case f.Func == "panic":
			calls = append(calls, f.Func)
		}
		if name == program {
			slices.Reverse(calls)
			return calls
		}
	}
	return nil
}

// panic returns what the next panic is called.
func (p *picture) panic() string {
	p.panics++
	return fmt.Sprint("panic-", p.panics)
}

func (p *picture) process() timeline.Subject {
	return timeline.Subject{Kind: timeline.Process, ID: p.program}
}

func (p *picture) onStack(call string) timeline.Subject {
	return timeline.Subject{Kind: timeline.Flag, ID: p.program + "/" + call}
}

func (p *picture) event(how timeline.Provenance, s timeline.Subject, from, to timeline.State, attrs ...timeline.Attr) {
	p.r.Event(timeline.Event{Provenance: how, Subject: s, From: from, To: to, Attrs: attrs})
}
