// Package deadlines asks: when exactly is a deadline, and what does a context say at that
// instant?
//
// cases.go lists what happens in a bubble of testing/synctest, where time is exact, one
// function each; coins.go tosses the coins that there are at one instant. bubble.go makes a
// bubble outside of a test. real.go waits for deadlines of the usual sort. run looks, check
// compares. The page tells why.
package deadlines

import (
	"context"
	"embed"
	"errors"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a deadline is exact to the nanosecond where time is, and that
// even there the instant itself is a toss unless one waits for it to be over.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/deadlines",
	Question: "A test in a bubble of testing/synctest: ctx has a timeout of one second, then time.Sleep(time.Second), then ctx.Err(). Time in a bubble is virtual and exact. What does Err return?",
	Choices: []experiment.Choice{
		{
			Text:    "DeadlineExceeded: a second has passed, to the nanosecond.",
			Because: "It has. But the sleeper and the context are two who wait for the same instant, and nobody says which of the two is called first.",
		},
		{
			Text:    "nil: a deadline has to be passed, and it is not later than the deadline.",
			Because: "The timer is due at the deadline itself, not after it. One nanosecond earlier the answer is nil, and at the deadline it may be either.",
		},
		{
			Text:    "Either, as if a coin were tossed.",
			True:    true,
			Because: "Two timers are due at the same instant, and in a bubble their order is random, on purpose, so that tests do not come to rely on it. synctest.Wait lets the instant come to its end.",
		},
		{
			Text:    "The test does not get there: nobody moves the clock.",
			Because: "The clock of a bubble moves by itself, to the next timer, as soon as every goroutine in it is blocked.",
		},
	},
	Run:    run,
	Actors: map[string]experiment.Body{"bubble": bubble},
	Check:  check,
	Claims: []string{"C5", "C6"},
	Files:  files,
}

type observed struct {
	inBubble
	real
}

// inBubble is recorded by the actor.
type inBubble struct {
	Cases experiment.Table `obs:"/cases:rows"`
	coins
}

var header = []string{"case", "what is seen"}

func run(ctx context.Context, r *experiment.Recorder) error {
	if err := runBubble(ctx, r); err != nil {
		return err
	}
	seen, err := wait(ctx)
	if err != nil {
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
	return errors.Join(seen.Cases.Equals(expected(), 1), seen.coins.check(), seen.real.check())
}

func expected() experiment.Table {
	want := experiment.Table{Header: header}
	for _, c := range cases {
		want.Add(c.name, c.want)
	}
	want.Add(ofTest, ofTestWant)
	return want
}
