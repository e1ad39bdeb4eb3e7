// Package bias asks: are splits that look random as likely as each other?
//
// bet.go has the bet that tells a method from a fair one, places.go what each position gets. run
// draws and counts, check compares with the exact laws of package law. The page tells why.
package bias

import (
	"context"
	crand "crypto/rand"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"

	"lab.example/gopark/internal/excerpt"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/redpacket"
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
	Knobs: []experiment.Knob{
		{Name: "parts", Unit: "parts", Doc: "people who share", Default: 5, Min: 2, Max: 12},
		{Name: "min", Unit: "coins", Doc: "the smallest part", Default: 3, Min: 0, Max: 100},
		{Name: "max", Unit: "coins", Doc: "the largest part", Default: 8, Min: 0, Max: 100},
		{Name: "sum", Unit: "coins", Doc: "what is shared", Default: 25, Min: 0, Max: 1200},
	},
	Run:     run,
	Check:   check,
	AnyKnob: true,
	Claims:  []string{"R5"},
	Files:   excerpt.Beside(files, redpacket.Source),
}

type observed struct {
	Parts  int64            `obs:"/packet/parts:parts"`
	Min    int64            `obs:"/packet/min:coins"`
	Max    int64            `obs:"/packet/max:coins"`
	Sum    int64            `obs:"/packet/sum:coins"`
	Seed   int64            `obs:"/seed:number"` // of the PCG
	Draws  int64            `obs:"/draws:splits"`
	Bets   experiment.Table `obs:"/bets:rows"`
	Places experiment.Table `obs:"/places:rows"`
}

func (o observed) params() redpacket.Params {
	return redpacket.Params{N: int(o.Parts), Min: o.Min, Max: o.Max, Sum: o.Sum}
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
	p := redpacket.Params{
		N: r.Knob("parts"), Min: int64(r.Knob("min")), Max: int64(r.Knob("max")), Sum: int64(r.Knob("sum")),
	}
	if err := usable(p); err != nil {
		return err
	}
	seen := observed{
		Parts: int64(p.N), Min: p.Min, Max: p.Max, Sum: p.Sum, Seed: seed(), Draws: draws,
		Bets: experiment.Table{Header: betHeader}, Places: experiment.Table{Header: placeHeader()},
	}
	src := rand.NewPCG(uint64(seen.Seed), 0)
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

func usable(p redpacket.Params) error {
	err := p.Validate()
	if e, ok := errors.AsType[*redpacket.ParamError](err); ok {
		return hint.With(experiment.BadKnob("%s", e.Reason),
			"%d parts of %d to %d take a sum of %d to %d", p.N, p.Min, p.Max, int64(p.N)*p.Min, int64(p.N)*p.Max)
	}
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

func seed() int64 {
	var b [8]byte
	_, _ = crand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return int64(binary.LittleEndian.Uint64(b[:]))
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if err := usable(seen.params()); err != nil || seen.Draws < 100 {
		return fmt.Errorf("nothing to judge in %d draws: %w", seen.Draws, err)
	}
	return errors.Join(seen.checkBets(), seen.checkPlaces())
}
