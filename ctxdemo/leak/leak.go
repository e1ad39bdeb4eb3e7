// Package leak asks: a test leaves a thousand contexts behind that nobody will ever cancel.
// What does goleak say?
//
// things.go is a list of what can hang on a request, hold.go looks who sees it while the
// request lives and what is left of it afterwards. room.go measures what a parent keeps of
// children that are gone, profile.go asks the runtime's own detector. The page tells why.
package leak

import (
	"context"
	"embed"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a leaked context is no leaked goroutine, and that the end of a
// request releases what hangs on it natively and nothing else.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/leak",
	Question: "A test derives a thousand contexts from one parent and ten more with a timeout of an hour, and calls none of the cancel functions. Then goleak looks whether the test has leaked anything. What does it report?",
	Choices: []experiment.Choice{
		{
			Text:    "A thousand and ten goroutines: each context has one that waits for its parent or its timer.",
			Because: "A context of package context has no goroutine. The child is an entry in a map of its parent, the timeout an entry in the runtime's list of timers.",
		},
		{
			Text:    "Ten goroutines: those that wait for the timers.",
			Because: "Nobody waits for a timer. When it is due the runtime calls a function, and until then it is an entry in a list.",
		},
		{
			Text:    "Nothing.",
			True:    true,
			Because: "goleak finds goroutines, and there are none. All 1010 contexts are there, held by a map and by the timers. A clean report says nothing about contexts.",
		},
		{
			Text:    "Nothing, and rightly: what nobody refers to any more is collected, contexts too.",
			Because: "Somebody does refer to them: the parent, so that it can cancel them, and the timer, so that it can fire. They stay for as long as those do.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "children", Unit: "contexts", Doc: "how many children a parent has had", Default: 100_000, Min: 10_000, Max: 500_000},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Wall:     experiment.FirstBuild,
	Env:      []string{"GOMAXPROCS=1"}, // see sweepTimers
	Claims:   []string{"C11"},
	Files:    files,
}

type observed struct {
	Things  experiment.Table `obs:"/things:rows"`
	Goleak  int64            `obs:"/goleak/found:goroutines"`
	Absent  string           `obs:"/profile/absent:reason"` // why there is no profile; "" if there is
	Profile experiment.Table `obs:"/profile:rows"`
	room
}

func run(ctx context.Context, r *experiment.Recorder) error {
	var seen observed
	seen.Things, seen.Goleak = hold()
	seen.room = measureRoom(r.Knob("children"))
	r.Notef("The profile needs a program of its own. To build it takes a minute, the first time.")
	var err error
	if seen.Profile, seen.Absent, err = askProfile(ctx); err != nil {
		return err
	}
	r.Record(seen)
	return nil
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	want := experiment.Table{Header: thingsHeader()}
	found := int64(0)
	for _, t := range things {
		want.Add(t.row(t.goroutines, t.goroutines > 0, held, t.after)...)
		found += t.goroutines
	}
	if err := seen.Things.Equals(want, 1); err != nil {
		return err
	}
	if seen.Goleak != found {
		return experiment.Refuted("goleak found %d goroutines, not %d", seen.Goleak, found)
	}
	if seen.Absent == "" {
		if err := seen.Profile.Equals(wantProfile(), 1); err != nil {
			return err
		}
	}
	return seen.room.check()
}
