// Package afterfunc asks: context.AfterFunc(ctx, f), then cancel(). When cancel returns, has
// f run?
//
// cases.go lists what else can be asked of an AfterFunc, one function each; crowd.go counts
// goroutines, and has cancel and stop race for the same f. run looks, check compares. The
// page tells why.
package afterfunc

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that cancel starts the functions of AfterFunc and waits for none,
// that exactly one of cancel and stop gets each of them, and that none costs a goroutine
// before that.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/afterfunc",
	Question: "`stop := context.AfterFunc(ctx, f)`. Later, on one P, `cancel()` is called and returns; the very next statement asks whether f has run. What is the answer?",
	Choices: []experiment.Choice{
		{
			Text:    "Yes: cancel calls f before it returns, as it closes the Done of every descendant before it returns.",
			Because: "Descendants are cancelled by cancel itself, and so is the AfterFunc. But what that does when it is cancelled is to say go f(), and then the walk goes on.",
		},
		{
			Text:    "No: f has been started in a goroutine of its own, and has had no chance to run.",
			True:    true,
			Because: "cancel says go f() and returns. On one P nobody else runs until the one who cancels gives it up; on many, f may be earlier or later than the next statement.",
		},
		{
			Text:    "No: a goroutine that waits for ctx.Done() has been made ready, and will call f.",
			Because: "The result is right and the reason is not: there is no such goroutine. A hundred AfterFuncs that wait are no goroutine at all.",
		},
		{
			Text:    "Yes, unless f blocks: then it goes on in the background.",
			Because: "Nobody tries f out. It has a goroutine from the start, however short it is.",
		},
	},
	Run:      run,
	Actors:   map[string]experiment.Body{"panics": panics},
	Check:    check,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=1"},
	Needs:    experiment.Needs{NoRace: "orders are read off the run queue, which it shuffles"},
	Files:    files,
}

type observed struct {
	Cases experiment.Table `obs:"/cases:rows"`
	counted
	raced
}

var header = []string{"case", "what is seen"}

func run(ctx context.Context, r *experiment.Recorder) error {
	debug.SetGCPercent(-1)
	var seen observed
	err := r.Undisturbed(func() time.Duration {
		experiment.Settle()
		start := time.Now()
		seen.Cases = experiment.Table{Header: header}
		for _, c := range cases {
			seen.Cases.Add(c.name, c.see())
		}
		return time.Since(start)
	})
	if err != nil {
		return err
	}
	seen.counted = count()

	actor, err := r.Start(ctx, "panics")
	if err != nil {
		return err
	}
	end, err := actor.Ending()
	if err != nil {
		return err
	}
	seen.Cases.Add(panicking, strings.Join(append([]string{end.String()}, end.Stderr[:min(1, len(end.Stderr))]...), ", "))

	runtime.GOMAXPROCS(2) // one to cancel, one to stop
	seen.raced = race()
	r.Record(seen)
	return nil
}

const panicking = "f panics, where cancel was called in a function that recovers"

// panics has f panic. It must not return.
func panics(context.Context, *experiment.Recorder) error {
	defer func() {
		if p := recover(); p != nil {
			fmt.Println("recovered", p)
		}
	}()
	ctx, cancel := context.WithCancel(context.Background())
	context.AfterFunc(ctx, func() { panic("boom") })
	cancel()
	select {}
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	return errors.Join(seen.Cases.Equals(expected(), 1), seen.counted.check(), seen.raced.check())
}

func expected() experiment.Table {
	want := experiment.Table{Header: header}
	for _, c := range cases {
		want.Add(c.name, c.want)
	}
	want.Add(panicking, "exit 2, panic: boom")
	return want
}
