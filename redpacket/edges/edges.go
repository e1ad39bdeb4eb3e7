// Package edges asks: what becomes of the threshold walk when the mean is near an edge of the
// range?
//
// measure.go walks and counts. check compares with what package law computes. The page tells why.
package edges

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

// Experiment is the claim that the walk's cost grows as one over the distance of the mean from
// the edge, and that it is hardly ever right there.
var Experiment = &experiment.Experiment{
	ID:       "redpacket/edges",
	Question: "150 coins for 50 people, 3 to 8 each. There is only one way: 3 for everybody. The threshold walk draws a part, throws it away if the sum strays too far from the mean's line, and gives the last person what is left. What does it find?",
	Choices: []experiment.Choice{
		{
			Text:    "3 for everybody, each time: the leash leaves no other way.",
			Because: "The leash is as long as a part can differ from the mean, and a part can be 5 more than the mean. So there is room for 5 coins too many.",
		},
		{
			Text:    "3 for everybody, but it takes many draws.",
			Because: "It does take many draws, nearly six for a part. But it throws away what goes beyond the leash, and not what goes beyond the sum.",
		},
		{
			Text:    "3 for nearly everybody, and the last gets -2.",
			True:    true,
			Because: "Every part is at least 3, so the sum can only run ahead. It does so in the first few parts, by all 5 coins that the leash allows, and nothing is left for the last but -2.",
		},
		{
			Text:    "It never comes to an end.",
			Because: "It always does: wherever the sum is, a part of exactly the mean is allowed. It only waits for it, with one chance in six.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "parts", Unit: "parts", Doc: "people who share", Default: 50, Min: 2, Max: 200},
	},
	Run:     run,
	Check:   check,
	AnyKnob: true,
	Claims:  []string{"R2", "R4"},
	Files:   excerpt.Beside(files, redpacket.Source),
}

type observed struct {
	Parts  int64            `obs:"/packet/parts:parts"`
	Seed   int64            `obs:"/seed:number"` // of the PCG
	Walks  int64            `obs:"/walks:walks"` // for each number in the tables
	Draws  experiment.Table `obs:"/draws:rows"`
	Across experiment.Table `obs:"/across:rows"`
}

const walks = 500

func run(ctx context.Context, r *experiment.Recorder) error {
	seen := observed{Parts: int64(r.Knob("parts")), Seed: random.Seed(), Walks: walks}
	src := &random.Counted{Source: random.PCG(seen.Seed)}
	if err := seen.approach(ctx, src); err != nil {
		return err
	}
	if err := seen.cross(ctx, src); err != nil {
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
	if seen.Parts < 2 || seen.Walks < 100 {
		return errors.New("too few walks, or parts, to judge")
	}
	return errors.Join(seen.checkApproach(), seen.checkCross())
}
