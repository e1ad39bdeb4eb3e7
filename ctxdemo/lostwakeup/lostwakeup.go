// Package lostwakeup asks: two goroutines wait on a condition. One is interrupted, and at the same
// moment somebody signals, once. How many return as signalled?
//
// naive.go is a condition as one writes it with a select; the other one is that of the library
// beside this folder. schedules.go has the orders in which the two things can happen, one
// line each, and scene.go plays them. race.go lets them happen as they like. The page tells
// why.
package lostwakeup

import (
	"context"
	"embed"
	"errors"
	"fmt"

	"lab.example/gopark/ctxdemo"
	"lab.example/gopark/ctxdemo/stage"
	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a signal is lost if a waiter that was chosen for it may still
// decide to be interrupted.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/lostwakeup",
	Question: "A and B wait, each in a select on a channel of its own and on its interrupt. Signal takes the first of the list and sends to its channel. A is interrupted and wakes up; before it has taken itself off the list, somebody signals. Who gets the signal?",
	Choices: []experiment.Choice{
		{
			Text:    "A: its channel has the token. It returns as signalled, and looks at its interrupt later.",
			Because: "That is how it ought to be. But A's select has already been decided by the interrupt. It will not look at its channel again.",
		},
		{
			Text:    "B: A is being interrupted, so the signal goes to the next.",
			Because: "Signal cannot know that. A is still the first of the list.",
		},
		{
			Text:    "Nobody. A returns an error, and B waits on.",
			True:    true,
			Because: "The token lies in the channel of somebody who has stopped listening. One signal was sent, and no wait has returned for it: it is lost.",
		},
		{
			Text:    "Both A and B: A's select finds two cases ready and the token is passed on.",
			Because: "A select takes one case. There is no code that passes a token on, and that is the mistake.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "rounds", Unit: "rounds", Doc: "how often an interrupt and a signal race for the same goroutine, for each condition", Default: 30, Min: 1, Max: 1000},
	},
	Run:     run,
	Check:   check,
	AnyKnob: true,
	Claims:  []string{"I3"},
	Files:   ctxdemo.Quoting(files),
}

type observed struct {
	Schedules experiment.Table `obs:"/schedules:rows"`
	NaiveLost int64            `obs:"/race/naive-lost:signals"` // that is luck, and not judged

	Rounds  int64 `obs:"/race/rounds:rounds"`
	ToA     int64 `obs:"/race/cond-to-a:signals"` // the signal was faster
	ToB     int64 `obs:"/race/cond-to-b:signals"` // the interrupt was faster
	Lost    int64 `obs:"/race/cond-lost:signals"`
	Doubled int64 `obs:"/race/cond-doubled:signals"`
}

var header = []string{"condition", "what happens", "A", "flag of A", "B", "waits that returned as signalled"}

func run(ctx context.Context, r *experiment.Recorder) error {
	seen := observed{Schedules: experiment.Table{Header: header}}
	for i, s := range schedules {
		var draw stage.Figure
		if s.drawn != "" {
			draw = stage.Draw(r)
		}
		row, err := s.play(ctx, draw, 2*i+1)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", s.condition, s.name, err)
		}
		seen.Schedules.Add(row...)
	}
	rounds := r.Knob("rounds")
	naive, err := runRace(ctx, newNaive, rounds)
	if err != nil {
		return err
	}
	cond, err := runRace(ctx, newCond, rounds)
	if err != nil {
		return err
	}
	seen.NaiveLost = naive.lost
	seen.Rounds, seen.ToA, seen.ToB, seen.Lost, seen.Doubled = int64(rounds), cond.toA, cond.toB, cond.lost, cond.doubled
	r.Record(seen)
	return nil
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	return errors.Join(seen.Schedules.Equals(expected(), 2), seen.checkRace())
}

func (seen observed) checkRace() error {
	switch {
	case seen.Lost != 0:
		return experiment.Refuted("the library's condition lost %d of %d signals", seen.Lost, seen.Rounds)
	case seen.Doubled != 0:
		return experiment.Refuted("the library's condition returned twice for %d of %d signals", seen.Doubled, seen.Rounds)
	case seen.ToA+seen.ToB != seen.Rounds:
		return experiment.Refuted("%d signals went to A and %d to B, of %d", seen.ToA, seen.ToB, seen.Rounds)
	}
	return nil
}

func expected() experiment.Table {
	want := experiment.Table{Header: header}
	for _, s := range schedules {
		want.Add(s.condition, s.name, s.a, s.flagA, s.b, s.returned)
	}
	return want
}
