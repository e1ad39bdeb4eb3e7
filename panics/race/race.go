// Package race asks: two goroutines write to a map without a lock. Does the runtime notice?
//
// writers.go has the programs, one function and one line of a table each; run lets each of
// them try a number of times, in a process of its own each time, and counts. check refutes
// what cannot be, and leaves to chance what is chance. picture.go draws the two pairs that
// share a P. The page tells why.
package race

import (
	"context"
	"embed"
	"fmt"
	"strconv"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that the map notices two writers only if one begins while the
// other is inside, and that goroutines which share a P never meet there.
var Experiment = &experiment.Experiment{
	ID:       "panics/race",
	Question: "One P. Two goroutines write to one map of ints, to the same keys, without a lock, in loops that are preempted again and again. The runtime has a check for concurrent map writes. In how many of the runs does it notice?",
	Choices: []experiment.Choice{
		{
			Text:    "In all: every write looks whether another one is under way.",
			Because: "Every write does look. But a write is only under way while the map's own code runs, and with one P the other goroutine never runs meanwhile.",
		},
		{
			Text:    "In some: now and then a goroutine is preempted in the middle of a write.",
			Because: "The loop is preempted, the write is not: the map's code is part of the runtime, and the runtime does not preempt itself there. If the keys are compared by code that is not, it is another matter: see the last row.",
		},
		{
			Text:    "In none.",
			True:    true,
			Because: "The two take turns, and they change over between two writes. The mistake is there all the same; it waits for the second P.",
		},
		{
			Text:    "In none, because with one P it is no mistake.",
			Because: "Nothing orders these writes, so it is a data race with any number of Ps: the language promises nothing, and the race detector would report it.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "attempts", Unit: "runs", Doc: "how often each pair of writers tries", Default: 4, Min: 1, Max: 100},
		{Name: "writes", Unit: "writes", Doc: "by each writer, where there are two Ps", Default: 10_000, Min: 1, Max: 10_000_000},
	},
	Run:     run,
	Actors:  actors(),
	Check:   check,
	AnyKnob: true,
	Needs:   experiment.Needs{NoRace: "it reports the race itself, whether two writes meet or not"},
	Files:   files,
}

// actors is a body for each pair of writers.
func actors() map[string]experiment.Body {
	bodies := make(map[string]experiment.Body)
	for _, w := range writers {
		bodies[w.name] = func(_ context.Context, r *experiment.Recorder) error {
			w.write(r.Knob("writes"))
			return nil
		}
	}
	return bodies
}

// noticed is what the runtime prints when a map has two writers.
const noticed = "fatal error: concurrent map writes"

func isNoticed(e experiment.Ending) bool {
	return e.Exit == 2 && len(e.Stderr) > 0 && e.Stderr[0] == noticed
}

// ends counts how the runs of a pair have ended.
type ends struct{ noticed, unnoticed, otherwise int }

func (n *ends) add(e experiment.Ending) {
	switch {
	case isNoticed(e):
		n.noticed++
	case e.Exit == 0:
		n.unnoticed++
	default:
		n.otherwise++
	}
}

var header = []string{"writers", "noticed", "not noticed", "ended otherwise"}

func run(ctx context.Context, r *experiment.Recorder) error {
	table := experiment.Table{Header: header}
	for _, w := range writers {
		var n ends
		for attempt := range r.Knob("attempts") {
			actor, err := r.Start(ctx, w.name, w.env)
			if err != nil {
				return err
			}
			ending, err := actor.Ending()
			if err != nil {
				return fmt.Errorf("%s: %w", w.what, err)
			}
			n.add(ending)
			if attempt == 0 {
				if err := draw(r, w, ending); err != nil {
					return fmt.Errorf("%s: %w", w.what, err)
				}
			}
		}
		table.Add(w.what, n.noticed, n.unnoticed, n.otherwise)
	}
	r.Record(observed{int64(r.Knob("attempts")), table})
	return nil
}

type observed struct {
	Attempts int64            `obs:"/attempts:runs"` // of each pair
	Writers  experiment.Table `obs:"/writers:rows"`
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if err := seen.Writers.Has(header...); err != nil {
		return err
	}
	table := seen.Writers
	for _, w := range writers {
		n, err := parse(table.Row(w.what))
		if err != nil {
			return fmt.Errorf("%s: %w", w.what, err)
		}
		switch all := int(seen.Attempts); {
		case n.noticed+n.unnoticed+n.otherwise != all:
			return fmt.Errorf("%s: %v does not add up to %d runs", w.what, n, all)
		case n.otherwise > 0:
			return experiment.Refuted("%s: %d runs ended in another way", w.what, n.otherwise)
		case w.certain == never && n.noticed > 0:
			return experiment.Refuted("%s: noticed in %d of %d runs", w.what, n.noticed, all)
		case w.certain == always && n.unnoticed > 0:
			return experiment.Refuted("%s: not noticed in %d of %d runs", w.what, n.unnoticed, all)
		}
	}
	return nil
}

func parse(row []string) (n ends, err error) {
	if row == nil {
		return n, experiment.ErrNotObserved
	}
	for i, into := range []*int{&n.noticed, &n.unnoticed, &n.otherwise} {
		if *into, err = strconv.Atoi(row[i+1]); err != nil {
			return n, err
		}
	}
	return n, nil
}
