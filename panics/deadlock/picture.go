package deadlock

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/stacks"
	"lab.example/gopark/internal/timeline"
)

// shown is the programs that are drawn, and what they are called in the picture.
var shown = map[string]string{
	"two goroutines that wait for each other": "crosswise",
	"a ticker that a goroutine reads":         "ticker",
	"signal.Notify, and Stop":                 "Notify+Stop",
}

// picture draws a program: its process, and as they were found its goroutines, the runtime's
// own left out.
type picture struct {
	r       *experiment.Recorder
	program string // "" if it is not drawn
}

func newPicture(r *experiment.Recorder, c outcome) picture {
	if c.built != plainly {
		return picture{r, ""}
	}
	return picture{r, shown[c.besides]}
}

func (p picture) start() {
	p.event(timeline.Observed, p.process(), timeline.NotExist, timeline.Running)
}

// end draws what has been found out in the end: in what each goroutine waits for ever, and
// whether the process has ended for that.
func (p picture) end(s sight) {
	var found []timeline.Subject
	// A dump begins with the goroutine on whose thread the signal came.
	for _, g := range slices.SortedFunc(slices.Values(s.goroutines), func(a, b stacks.Goroutine) int { return cmp.Compare(a.ID, b.ID) }) {
		if begun := beginning(g); begun != "" {
			found = append(found, p.goroutine(g))
			p.event(timeline.Observed, p.goroutine(g), "", state(g.Wait),
				timeline.Attr{Key: "found", Value: g.Wait}, timeline.Attr{Key: "of", Value: begun})
		}
	}
	if s.said == silent {
		p.event(timeline.Observed, p.process(), timeline.Running, timeline.Running, timeline.Attr{Key: "state", Value: s.states})
		return
	}
	p.event(timeline.Observed, p.process(), timeline.Running, timeline.Exited, timeline.Attr{Key: "said", Value: s.said})
	for _, g := range found {
		p.event(timeline.Inferred, g, "", timeline.NotExist)
	}
}

func (p picture) process() timeline.Subject {
	return timeline.Subject{Kind: timeline.Process, ID: p.program}
}

func (p picture) goroutine(g stacks.Goroutine) timeline.Subject {
	return timeline.Subject{Kind: timeline.Goroutine, ID: fmt.Sprintf("%d/%s", g.ID, p.program)}
}

// beginning is the first function of a goroutine that is written somewhere, or "" if it is
// one of the runtime's own: those are among the others if the program was asked.
func beginning(g stacks.Goroutine) string {
	if g.ID == 0 {
		return "" // what a thread does without a goroutine
	}
	for _, f := range slices.Backward(g.Frames) {
		if !strings.HasPrefix(f.Func, "runtime.") && !strings.Contains(f.Func, ".gowrap") {
			return f.Func
		}
	}
	return ""
}

// state is what the words of a dump mean in those of a timeline.
func state(wait string) timeline.State {
	switch {
	case wait == "syscall":
		return timeline.Syscall
	case wait == "running":
		return timeline.Running
	case strings.HasPrefix(wait, "runnable"):
		return timeline.Runnable
	}
	return timeline.Waiting
}

func (p picture) event(how timeline.Provenance, s timeline.Subject, from, to timeline.State, attrs ...timeline.Attr) {
	if p.program != "" {
		p.r.Event(timeline.Event{At: p.r.Since(), Provenance: how, Subject: s, From: from, To: to, Attrs: attrs})
	}
}
