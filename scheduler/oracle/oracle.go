// Package oracle asks: can the order in which a program's goroutines run be written down
// before it runs?
//
// run makes random programs, executes each on the real runtime and on the model
// (scheduler/model), and counts those whose whole order of events is the same. The
// page tells what the model is made of.
package oracle

import (
	"context"
	"embed"
	"strings"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/scheduler/model"
	"lab.example/gopark/scheduler/model/realrun"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that on one P the order is a matter of rules, and that we know
// them.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/oracle",
	Question: "A program is made at random: goroutines that start others, send, receive, close, select, lock, wait, broadcast, panic and yield. It will run on one P. Can the order of all its steps be written down before it runs?",
	Choices: []experiment.Choice{
		{
			Text:    "No: the scheduler decides, and nobody can know how.",
			Because: "The scheduler decides by rules, and they stand in its source. On one P nothing outside of the program has a say, as long as nobody looks at the clock.",
		},
		{
			Text:    "No: the same program run twice shows two orders.",
			Because: "It does on several Ps, with the race detector, or when a time slice is over. On one P, begun at the same tick and done within a few milliseconds, it shows one.",
		},
		{
			Text:    "Some of it: up to the first place where somebody has to wait.",
			Because: "Waiting is where the rules are most exact: who waits in which queue, who is woken first, and on which end of which queue the woken one is put.",
		},
		{
			Text:    "All of it, step by step; but for select, which draws lots.",
			True:    true,
			Because: "A model names every step. Where several cases of a select are ready it must be told what was drawn; it checks that it could have been.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "programs", Unit: "programs", Doc: "how many are made", Default: 400, Min: 20, Max: 20_000},
		{Name: "seed", Unit: "seed", Doc: "which ones", Default: 1, Min: 0, Max: 1_000_000},
		{Name: "poll", Unit: "ticks", Doc: "how often the model looks at the global queue first; Go: 61", Default: 61, Min: 1, Max: 1000},
		{Name: "ring", Unit: "goroutines", Doc: "how many the ring of the model's P holds; Go: 256", Default: 256, Min: 2, Max: 256},
	},
	Run:     run,
	Check:   check,
	AnyKnob: true,
	Needs:   experiment.Needs{NoRace: "it makes the runtime shuffle its queues"},
	Files:   files,
}

type observed struct {
	Programs   int64  `obs:"/programs:programs"`
	Unmeasured int64  `obs:"/programs/unmeasured:programs"` // no run of them counted
	Same       int64  `obs:"/programs/same:programs"`       // every event, and how it ended
	Different  int64  `obs:"/programs/different:programs"`
	Events     int64  `obs:"/events:events"` // of the runs that counted
	Goroutines int64  `obs:"/goroutines:goroutines"`
	Stuck      int64  `obs:"/stuck:programs"` // programs in which somebody waits for ever
	First      string `obs:"/different/first:program"`

	// Listing is the first of them, made smaller, with both orders where they part.
	Listing []string `obs:"/different/listing:lines"`
}

// few are the classes of programs that do not need more memory than an experiment may
// have.
var few = []string{"small", "sync", "long", "overflow", "select"}

// dice returns n random programs, some of each class, and for each the tick at which it
// is to begin.
func dice(n, seed int) ([]realrun.Request, error) {
	var programs []realrun.Request
	for i := range n {
		class, err := realrun.ClassNamed(few[i%len(few)])
		if err != nil {
			return nil, err
		}
		programs = append(programs, realrun.Generate(class, uint64(seed+i)))
	}
	return programs, nil
}

func run(ctx context.Context, r *experiment.Recorder) error {
	rules := model.Rules{Poll: uint32(r.Knob("poll")), Ring: uint32(r.Knob("ring"))}
	requests, err := dice(r.Knob("programs"), r.Knob("seed"))
	if err != nil {
		return err
	}
	runs, err := realrun.Do(ctx, requests)
	if err != nil {
		return err
	}
	seen := observed{Programs: int64(len(requests)), First: "none"}
	for i, real := range runs {
		if !real.Valid {
			seen.Unmeasured++
			continue
		}
		seen.count(real)
		m := realrun.Diff(ctx, requests[i], real, rules)
		if m == nil {
			seen.Same++
			continue
		}
		if seen.Different++; seen.Different == 1 {
			seen.First = m.Program.Name
			seen.Listing = strings.Split(strings.TrimSpace(realrun.Reduce(ctx, m, rules).String()), "\n")
		}
	}
	if seen.Same+seen.Different == 0 {
		return experiment.Unmet("the machine is too busy: no run of %d counted", seen.Programs)
	}
	r.Record(seen)
	return nil
}

// count adds what one run did.
func (o *observed) count(real realrun.Run) {
	o.Events += int64(len(real.Order))
	o.Goroutines += int64(real.Goroutines)
	if real.Status != "all exited" {
		o.Stuck++
	}
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	switch {
	case seen.Same+seen.Different+seen.Unmeasured != seen.Programs:
		return experiment.Refuted("of %d programs, %d are accounted for", seen.Programs, seen.Same+seen.Different+seen.Unmeasured)
	case seen.Events == 0:
		return experiment.Refuted("the programs did nothing")
	case seen.Different > 0:
		return experiment.Refuted("%d of %d programs ran otherwise than the model said, the first of them %s",
			seen.Different, seen.Same+seen.Different, seen.First)
	}
	return nil
}
