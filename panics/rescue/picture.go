package rescue

import (
	"fmt"
	"path"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

// shown is the places that are drawn, by name: one that works, and the one of the question.
var shown = []string{"literal", "helper"}

// picture draws a place: its process, and which functions were on the stack when recover
// was called. The order is known, the time is not.
type picture struct {
	place
	r     *experiment.Recorder
	calls []string // that are on the stack, the program first
}

func (p *picture) isShown() bool { return slices.Contains(shown, p.name) }

// starts and ends are for the parent of the process.
func (p *picture) starts() { p.event(p.process(), timeline.NotExist, timeline.Running) }

func (p *picture) ends(e experiment.Ending) {
	p.event(p.process(), timeline.Running, timeline.Exited, timeline.Attr{Key: "status", Value: strconv.FormatInt(e.Exit, 10)})
}

// recovers is for the program's say, returns for when the program has returned.
func (p *picture) recovers(v any) {
	if !p.isShown() {
		return
	}
	p.calls = p.stack()
	for _, function := range p.calls {
		p.event(p.onStack(function), timeline.Clear, timeline.Set)
	}
	if last := len(p.calls) - 1; last >= 0 {
		p.event(p.onStack(p.calls[last]), timeline.Set, timeline.Set, timeline.Attr{Key: "recover", Value: fmt.Sprint(v)})
	}
}

func (p *picture) returns() {
	for _, function := range slices.Backward(p.calls) {
		p.event(p.onStack(function), timeline.Set, timeline.Clear)
	}
}

// stack returns the program, the panic, and what the panic has called in between it and
// the program's say.
func (p *picture) stack() []string {
	const above = 4 // Callers, stack, recovers, say
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(above, pcs)])
	program := runtime.FuncForPC(reflect.ValueOf(p.program).Pointer()).Name()
	var calls []string
	for {
		f, more := frames.Next()
		name := strings.TrimPrefix(path.Base(f.Function), "rescue.")
		if name == "runtime.gopanic" {
			name = panics
		}
		calls = append(calls, name)
		if f.Function == program || !more {
			slices.Reverse(calls)
			return calls
		}
	}
}

// panics is what the runtime's function is called that panics.
const panics = "panic"

func (p *picture) process() timeline.Subject {
	return timeline.Subject{Kind: timeline.Process, ID: p.name}
}

// onStack is a flag that is up while a function has been called and has not returned.
func (p *picture) onStack(function string) timeline.Subject {
	return timeline.Subject{Kind: timeline.Flag, ID: p.name + "/" + function}
}

func (p *picture) event(s timeline.Subject, from, to timeline.State, attrs ...timeline.Attr) {
	if p.isShown() {
		p.r.Event(timeline.Event{Provenance: timeline.Observed, Subject: s, From: from, To: to, Attrs: attrs})
	}
}
