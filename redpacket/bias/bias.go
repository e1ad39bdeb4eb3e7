// Package bias asks: are splits that look random as likely as each other?
//
// bet.go has the bet that tells a method from a fair one, places.go what each position gets. run
// draws and counts, check compares with the exact laws of package law. The page tells why.
package bias

import (
	"context"
	"embed"
	"errors"
	"fmt"

	"lab.example/gopark/internal/excerpt"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/packet"
	"lab.example/gopark/redpacket/random"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that the walk and others like it are far from making all splits
// equally likely, and by how much.
var Experiment = &experiment.Experiment{
	ID:       "redpacket/bias",
	Question: "25 coins, 5 people, 3 to 8 coins each: there are 651 ways to split them. The notes say that what their walk draws is \"very random\". You know the walk, and bet on the results that it likes best, as many as you like: against a fair draw that bet would win 36 times in 100. How often does it win against the walk?",
	Choices: []experiment.Choice{
		{
			Text:    "36 times: every single part is drawn by a good generator, and so the result is random.",
			Because: "It is random, but that does not make all ways equally likely. With two dice every throw is random, and 7 still comes six times as often as 12.",
		},
		{
			Text:    "Some 40 times: a little is lost where the leash pulls.",
			Because: "The leash pulls at every part. 178 of the 651 ways never come out, and their share goes to the others.",
		},
		{
			Text:    "About 71 times.",
			True:    true,
			Because: "The bet is on the favourites, up to 4 times as likely as they should be, and on the last part being out of bounds, which happens 19 times in 100 and with a fair draw never.",
		},
		{
			Text:    "Nearly always: the walk draws a handful of ways and no others.",
			Because: "It is not as bad as that: 473 ways come out.",
		},
	},
	Knobs:   packet.Knobs(redpacket.Params{N: 5, Min: 3, Max: 8, Sum: 25}, 12, 100),
	Run:     run,
	Check:   check,
	AnyKnob: true,
	Claims:  []string{"R5"},
	Files:   excerpt.Beside(files, redpacket.Source),
}

type observed struct {
	packet.Packet
	Seed   int64            `obs:"/seed:number"` // of the PCG
	Draws  int64            `obs:"/draws:splits"`
	Bets   experiment.Table `obs:"/bets:rows"`
	Places experiment.Table `obs:"/places:rows"`
}

// compared are the methods. Uniform stands for all that are exact.
var compared = []redpacket.Method{
	redpacket.Walk, redpacket.Leash, redpacket.Window, redpacket.DoubleAverage, redpacket.Symmetric, redpacket.Uniform,
}

const (
	draws     = 20_000 // by each method
	mostWays  = 20_000 // so that the laws are a matter of milliseconds
	mostWalks = 300_000
)

func run(ctx context.Context, r *experiment.Recorder) error {
	p, err := packet.Of(r)
	if err != nil {
		return err
	}
	if err := countable(p); err != nil {
		return err
	}
	seen := observed{
		Packet: packet.Observed(p), Seed: random.Seed(), Draws: draws,
		Bets: experiment.Table{Header: betHeader}, Places: experiment.Table{Header: placeHeader()},
	}
	src := random.PCG(seen.Seed)
	for _, m := range compared {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := seen.bet(m, p, src); err != nil {
			return err
		}
		if err := seen.place(m, src); err != nil {
			return err
		}
	}
	r.Record(seen)
	return nil
}

// countable returns nil if there are so few ways that the chance of each can be known.
func countable(p redpacket.Params) error {
	ways, walks := p.Count(), 1.0
	for range p.N - 1 {
		walks *= float64(p.Max - p.Min + 1)
	}
	if !ways.IsInt64() || ways.Int64() > mostWays || walks > mostWalks {
		return hint.With(experiment.BadKnob("there are %d ways, too many to know the chance of each", ways),
			"take fewer parts, or a smaller range")
	}
	return nil
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	p := seen.Params()
	err := p.Validate()
	if err == nil {
		err = countable(p)
	}
	if err != nil || seen.Draws < 100 {
		return fmt.Errorf("nothing to judge in %d draws: %w", seen.Draws, err)
	}
	return errors.Join(seen.checkBets(), seen.checkPlaces())
}
