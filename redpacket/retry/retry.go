// Package retry asks: how often must one draw until the sum fits by itself?
//
// tries.go draws and counts, and computes the chance exactly. check compares. The page tells why.
package retry

import (
	"context"
	"embed"
	"errors"

	"lab.example/gopark/internal/excerpt"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/random"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that plain retry is cheap in the middle of the range, and hopeless
// everywhere else.
var Experiment = &experiment.Experiment{
	ID:       "redpacket/retry",
	Question: "50 people get 3 to 8 coins each. Draw 50 numbers; if they do not add up to the sum that is wanted, throw all of them away and draw 50 new ones. For a sum of 275, which is 5.5 for each, that takes about 30 tries. How many does it take for 200, which is 4 for each?",
	Choices: []experiment.Choice{
		{
			Text:    "About as many: 200 is a sum like any other.",
			Because: "The sum of 50 numbers is not like one number. Most of what can be drawn adds up to something near 275, as most throws of two dice add up to something near 7.",
		},
		{
			Text:    "Some hundreds.",
			Because: "That is what it takes for 250, a mean of 5: about 257. But 250 is only 25 away from the middle, and three times as far is not three times as rare.",
		},
		{
			Text:    "Some tens of thousands.",
			Because: "It falls faster. Each step away from the middle divides the chance by more than the step before did.",
		},
		{
			Text:    "Tens of billions.",
			True:    true,
			Because: "200 is six standard deviations from the middle, and the chance falls with the square of that in the exponent. At 150, the edge, it would be as likely to guess a key of 129 bits.",
		},
	},
	Run:    run,
	Check:  check,
	Claims: []string{"R1"},
	Files:  excerpt.Beside(files, redpacket.Source),
}

type observed struct {
	Seed   int64            `obs:"/seed:number"` // of the PCG
	Tries  experiment.Table `obs:"/tries:rows"`
	People experiment.Table `obs:"/people:rows"`
}

func run(ctx context.Context, r *experiment.Recorder) error {
	seen := observed{Seed: random.Seed()}
	src := &random.Counted{Source: random.PCG(seen.Seed)}
	if err := errors.Join(seen.distances(ctx, src), seen.people()); err != nil {
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
	return errors.Join(seen.checkDistances(), seen.checkPeople())
}
