package maxprocs

import (
	"bytes"
	"cmp"
	"fmt"
	"runtime/trace"
	"slices"
	"strconv"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

// shown is how many Ps of a program are drawn, if it has so many.
const shown = 8

// draw shows in which state the Ps of this program are now, without the first so many.
// The name of the program is added to that of each P: there are two with a P0. There is
// no time: each program has a clock of its own.
func draw(r *experiment.Recorder, program string, without int) error {
	ps, err := snapshot()
	if err != nil {
		return err
	}
	for i, p := range ps {
		if i < without || i >= shown {
			continue
		}
		r.Event(timeline.Event{
			Provenance: timeline.Observed,
			Subject:    timeline.Subject{Kind: timeline.Proc, ID: p.Subject.ID + "/" + program},
			To:         p.To,
		})
	}
	return nil
}

// snapshot returns what each P is doing, in the order of their numbers. A trace begins
// with that, even if it is over at once.
func snapshot() ([]timeline.Event, error) {
	var raw bytes.Buffer
	if err := trace.Start(&raw); err != nil {
		return nil, fmt.Errorf("look at the Ps: %w", err)
	}
	trace.Stop()
	ps, err := timeline.FromTrace(&raw, func(e timeline.Event) bool {
		return e.Subject.Kind == timeline.Proc && e.From == ""
	})
	if err != nil {
		return nil, fmt.Errorf("look at the Ps: %w", err)
	}
	slices.SortFunc(ps, func(a, b timeline.Event) int { return cmp.Compare(number(a), number(b)) })
	return ps, nil
}

// number returns the number of the P that an event is about.
func number(e timeline.Event) int {
	n, _ := strconv.Atoi(e.Subject.ID) // it is one: see timeline.P
	return n
}
