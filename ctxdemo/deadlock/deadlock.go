// Package deadlock asks: two goroutines hold a lock each and wait for that of the other, in
// a Lock that can be interrupted. One of the two is interrupted. Who goes on?
//
// pairs.go has the pairs of goroutines, one line of a table each. meet.go brings a pair to
// its deadlock, does what its line says, and sees what becomes of the two. detector.go asks
// the runtime whether it notices (testdata/detected.go). The page tells why.
package deadlock

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

// Experiment is the claim that a deadlock lasts if nobody can be called away from it, and
// that it is enough to call one.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/deadlock",
	Question: "p holds lock a and waits for b; q holds b and waits for a. Both wait in LockInterruptibly, and each has deferred the Unlock of the lock that it holds. We interrupt p, and only p. What happens?",
	Choices: []experiment.Choice{
		{
			Text:    "Nothing: a deadlock is for ever. That is what the word means.",
			Because: "It is for ever in a Lock that nobody can be called away from. p is called away: its LockInterruptibly returns an error.",
		},
		{
			Text:    "p gets an error and ends; q still waits, for a lock that p has taken to the grave.",
			Because: "A goroutine's end releases no locks. But p has deferred its Unlock, so on its way out it gives back the lock that q waits for.",
		},
		{
			Text:    "p gets an error, and q gets both locks.",
			True:    true,
			Because: "A circle that is opened in one place is no circle. The error makes p return, its deferred Unlock releases a, and q goes on.",
		},
		{
			Text:    "Both get an error: the deadlock is resolved.",
			Because: "An interrupt is for one goroutine. q was not interrupted, and does not even learn that there was a deadlock.",
		},
	},
	Run:    run,
	Check:  check,
	Claims: []string{"I8", "I9"},
	Files:  ctxdemo.Quoting(files),
}

type observed struct {
	Pairs    experiment.Table `obs:"/pairs:rows"`
	Programs experiment.Table `obs:"/programs:rows"`
	Absent   string           `obs:"/programs/absent:reason"` // why they could not be run; or ""
}

var header = []string{"both wait in", "then", "p waited in", "p", "q", "flag of p", "flag of q"}

func run(ctx context.Context, r *experiment.Recorder) error {
	seen := observed{Pairs: experiment.Table{Header: header}}
	for i, p := range pairs {
		var draw stage.Figure
		if p.drawn != "" {
			draw = stage.Draw(r)
		}
		row, err := p.meet(ctx, draw, 2*i+1)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		seen.Pairs.Add(row...)
	}
	var err error
	if seen.Programs, seen.Absent, err = askDetector(ctx); err != nil {
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
	err := seen.Pairs.Equals(expected(), 2)
	if seen.Absent == "" {
		err = errors.Join(err, seen.Programs.Equals(detected(), 1))
	}
	return err
}

func expected() experiment.Table {
	want := experiment.Table{Header: header}
	for _, p := range pairs {
		want.Add(p.name, p.then, p.waited, p.p, p.q, p.flagP, p.flagQ)
	}
	return want
}
