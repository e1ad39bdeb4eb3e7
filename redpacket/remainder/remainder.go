// Package remainder asks: what becomes of a sum that the number of people does not divide?
//
// splits.go has the sums and counts the coins. check computes what must be lost. The page tells
// why.
package remainder

import (
	"context"
	"embed"

	"lab.example/gopark/internal/excerpt"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/random"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that the walk gives away N times the mean, rounded down, and never the
// rest, and that a leash in integers needs no mean.
var Experiment = &experiment.Experiment{
	ID:       "redpacket/remainder",
	Question: "275 coins for 50 people, 3 to 8 each: 5.5 on average. The threshold walk computes the mean of the line that it follows as sum / n, with whole numbers. How many coins do the 50 people get together?",
	Choices: []experiment.Choice{
		{
			Text:    "275. The last person gets what is left, and so the sum is always right.",
			Because: "He gets what is left of the line, not of the sum: the walk does not look at the sum again, once it has the mean.",
		},
		{
			Text:    "275 on average, a few more or less each time.",
			Because: "It is the same number each time. The walk ends exactly on its line, but it is the wrong line.",
		},
		{
			Text:    "250, each time.",
			True:    true,
			Because: "275 / 50 is 5 with whole numbers, and 50 times 5 is 250. Half a coin for each person belongs to nobody, and nothing says so.",
		},
		{
			Text:    "274 or 275: rounding loses a coin at most.",
			Because: "It loses less than a coin for each person. There are 50 of them.",
		},
	},
	Run:    run,
	Check:  check,
	Claims: []string{"R3"},
	Files:  excerpt.Beside(files, redpacket.Source),
}

type observed struct {
	Seed int64            `obs:"/seed:number"` // of the PCG
	Sums experiment.Table `obs:"/sums:rows"`
	Lost experiment.Table `obs:"/lost:rows"`
}

func run(_ context.Context, r *experiment.Recorder) error {
	seen := observed{Seed: random.Seed()}
	src := random.PCG(seen.Seed)
	var err error
	if seen.Sums, err = sums(drawn(src)); err != nil {
		return err
	}
	if seen.Lost, err = lost(drawn(src)); err != nil {
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
	for _, t := range []struct {
		seen experiment.Table
		of   func(given) (experiment.Table, error)
	}{{seen.Sums, sums}, {seen.Lost, lost}} {
		want, err := t.of(computed)
		if err != nil {
			return err
		}
		if err := t.seen.Equals(want, 1); err != nil {
			return err
		}
	}
	return nil
}
