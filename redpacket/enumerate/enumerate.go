// Package enumerate asks: why not list all the ways of splitting, once, and pick one?
//
// lists.go counts the ways, and draws from the list where there is one. check computes what must
// be so. The page tells why.
package enumerate

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

// Experiment is the claim that a list of all splits is exact, and impossible but for few people.
var Experiment = &experiment.Experiment{
	ID:       "redpacket/enumerate",
	Question: "For 5 people who get 25 coins, 3 to 8 each, there are 651 ways of splitting. One can write them all into a list and pick a line of it: nothing is fairer. How many lines has the list for 10 people and 50 coins?",
	Choices: []experiment.Choice{
		{
			Text:    "1,302: twice the people, twice the lines.",
			Because: "Each way of splitting for the first five goes together with each way for the other five, and not with one only.",
		},
		{
			Text:    "Some ten thousand.",
			Because: "Each of the 651 ways for the first five can be combined with each of the 651 for the others. That is 424 thousand lines already, and then the two halves need not have 25 coins each.",
		},
		{
			Text:    "Some millions.",
			True:    true,
			Because: "2,930,455. Each person multiplies the lines by about 5.5, and the list for 50 people would have 3 with 36 zeros.",
		},
		{
			Text:    "9,765,625, which is 5 to the power of 10: each can have one of five amounts.",
			Because: "Each can have one of six, and most of what that makes has another sum. But it is the right way to think: it is a power.",
		},
	},
	Run:    run,
	Check:  check,
	Claims: []string{"R6"},
	Files:  excerpt.Beside(files, redpacket.Source),
}

type observed struct {
	Seed  int64            `obs:"/seed:number"` // of the PCG
	Lists experiment.Table `obs:"/lists:rows"`
	Ways  experiment.Table `obs:"/ways:rows"`
	Seen  experiment.Table `obs:"/seen:rows"`
}

func run(_ context.Context, r *experiment.Recorder) error {
	seen := observed{Seed: random.Seed(), Lists: lists(), Ways: ways()}
	var err error
	if seen.Seen, err = drawn(random.PCG(seen.Seed)); err != nil {
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
	return errors.Join(seen.Lists.Equals(expected(), 1), seen.Ways.Equals(ways(), 1), seen.Seen.Equals(allSeen(), 1))
}
