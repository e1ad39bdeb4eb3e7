// Package biggest asks: does it matter when one comes, if one wants the biggest part?
//
// places.go draws and counts, and asks package law for the exact chances. check compares. The
// page tells why.
package biggest

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

// Experiment is the claim that with most methods the chance of the biggest part depends on the
// position, and that it does not if all splits are equally likely.
var Experiment = &experiment.Experiment{
	ID:       "redpacket/biggest",
	Question: "200 coins, 10 people, at least 1 coin each and no bound above. Each part is drawn from 1 to twice the mean of what is left, so that everybody gets about 20 on average, whenever he comes. You want the biggest part. When do you come?",
	Choices: []experiment.Choice{
		{
			Text:    "First: then all of the money is still there.",
			Because: "The first draws from 1 to 39 or so, and a great part is as likely as a small one. Those who come later may draw from more than that, if the first ones were modest.",
		},
		{
			Text:    "It does not matter: everybody has the same average.",
			Because: "An average says nothing of how far one can be above it. The later parts differ more from each other, and it is from those far away that the biggest is taken.",
		},
		{
			Text:    "Last, or last but one.",
			True:    true,
			Because: "What those before have left over or taken too much comes together at the end, so that the last two parts vary most: they have the smallest part more often, too.",
		},
		{
			Text:    "In the middle, when the first ones have been modest and the last ones are not there yet.",
			Because: "In the middle it is least likely: the range is no larger than at the beginning, and what has piled up is not divided yet.",
		},
	},
	Run:   run,
	Check: check,
	Files: excerpt.Beside(files, redpacket.Source),
}

type observed struct {
	Seed   int64            `obs:"/seed:number"` // of the PCG
	Draws  int64            `obs:"/draws:splits"`
	Chance experiment.Table `obs:"/chance:rows"`
	Drawn  experiment.Table `obs:"/drawn:rows"`
}

const draws = 10_000 // by each method

func run(ctx context.Context, r *experiment.Recorder) error {
	seen := observed{Seed: random.Seed(), Draws: draws}
	var err error
	if seen.Chance, err = chances(); err != nil {
		return err
	}
	if seen.Drawn, err = counts(ctx, random.PCG(seen.Seed)); err != nil {
		return err
	}
	r.Record(seen)
	return nil
}
