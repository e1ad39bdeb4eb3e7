// Package leash asks: the notes split a sum by a random walk on a leash around the
// mean. How many draws does it take, and is the last part within its bounds?
//
// redpacket.Walk is the walk as the notes have it, law.OfWalk what it does on average, computed
// exactly. run walks a few thousand times, check compares. The page tells why.
package leash

import (
	"context"
	"embed"
	"fmt"
	"math"

	"lab.example/gopark/internal/excerpt"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/law"
	"lab.example/gopark/redpacket/packet"
	"lab.example/gopark/redpacket/random"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that the walk needs about 4/3 draws a part in the middle of
// the range, and that its last part is often none that may be given.
var Experiment = &experiment.Experiment{
	ID:       "redpacket/leash",
	Question: "250 coins are split among 50 people, 3 to 8 each, by the notes' threshold walk: draw a part, throw it away if the running sum strays too far from the mean's line, and give the last person what is left. How often is that last part not between 3 and 8?",
	Choices: []experiment.Choice{
		{
			Text:    "Never: the leash keeps the sum so close to the line that what is left must fit.",
			Because: "The leash is as long as one part can differ from the mean: 2 below it and 3 above. What is left differs by as much, but the other way round.",
		},
		{
			Text:    "About once in a hundred times.",
			Because: "It takes no rare accident: any walk that is 3 coins ahead before the last part leaves it only 2, and the leash allows 3.",
		},
		{
			Text:    "About once in five times.",
			True:    true,
			Because: "The walk ends 3 ahead of the line with a probability of 19.43%, and then 2 coins are left for the last: fewer than the smallest part.",
		},
		{
			Text:    "More often than not.",
			Because: "With the mean further from the middle of the range it would be: turn the sum down to 200 and see. At 250 the two ends of the leash are nearly equal.",
		},
	},
	Knobs:   packet.Knobs(redpacket.Params{N: 50, Min: 3, Max: 8, Sum: 250}, 1000, 200),
	Run:     run,
	Check:   check,
	AnyKnob: true,
	Claims:  []string{"R2"},
	Files:   excerpt.Beside(files, redpacket.Source),
}

type observed struct {
	packet.Packet
	Lost    int64   `obs:"/packet/lost:coins"` // of the sum: never given to anybody
	Seed    int64   `obs:"/seed:number"`       // of the PCG, so that the run can be repeated
	Walks   int64   `obs:"/walks:walks"`
	Outside int64   `obs:"/last/outside:walks"` // whose last part is not Min..Max
	Lowest  int64   `obs:"/last/lowest:coins"`
	Highest int64   `obs:"/last/highest:coins"`
	PerPart float64 `obs:"/draws/mean:draws/part"`
	Spread  float64 `obs:"/draws/deviation:draws/part"` // standard deviation over the walks
}

const (
	mostWalks  = 20_000
	leastWalks = 200
	drawBudget = 5_000_000 // draws in all, a few hundredths of a second; leastWalks may need more
	drawnWalks = 60        // walks that the picture shows
)

func run(ctx context.Context, r *experiment.Recorder) error {
	p, err := packet.Of(r)
	if err != nil {
		return err
	}
	walks := int(min(max(drawBudget/law.OfWalk(p).Draws, leastWalks), mostWalks))
	seen, err := try(ctx, p, walks, random.Seed(), func(number int, last int64) {
		if number < drawnWalks {
			r.Event(event(p, number, last))
		}
	})
	if err != nil {
		return err
	}
	r.Record(seen)
	return nil
}

// try walks and counts. It calls last with the number and the last part of each walk.
func try(ctx context.Context, p redpacket.Params, walks int, seed int64, last func(int, int64)) (observed, error) {
	seen := observed{
		Packet: packet.Observed(p), Lost: p.Sum % int64(p.N),
		Seed: seed, Walks: int64(walks), Lowest: math.MaxInt64, Highest: math.MinInt64,
	}
	splitter, err := redpacket.New(p, redpacket.WithMethod(redpacket.Walk))
	if err != nil {
		return seen, experiment.BadKnob("%s", err)
	}
	src := &random.Counted{Source: random.PCG(seed)}
	var parts []int64
	var total, squares float64 // draws per part
	for number := range walks {
		if number%64 == 0 && ctx.Err() != nil {
			return seen, context.Cause(ctx)
		}
		src.Words = 0
		parts = splitter.Append(parts[:0], src)
		perPart := float64(src.Words) / float64(p.N)
		total, squares = total+perPart, squares+perPart*perPart
		end := parts[p.N-1]
		seen.Lowest, seen.Highest = min(seen.Lowest, end), max(seen.Highest, end)
		if end < p.Min || end > p.Max {
			seen.Outside++
		}
		last(number, end)
	}
	n := float64(walks)
	seen.PerPart = round(total / n)
	seen.Spread = round(math.Sqrt(max(0, squares/n-total/n*total/n)))
	return seen, nil
}

// round keeps six decimals: far more than the walks determine.
func round(f float64) float64 { return math.Round(f*1e6) / 1e6 }

func event(p redpacket.Params, number int, last int64) timeline.Event {
	to := timeline.Inside
	if last < p.Min || last > p.Max {
		to = timeline.Outside
	}
	return timeline.Event{
		Provenance: timeline.Observed,
		Subject:    timeline.Subject{Kind: timeline.Value, ID: "last-part"},
		To:         to,
		Attrs:      []timeline.Attr{{Key: "walk", Value: fmt.Sprint(number + 1)}, {Key: "coins", Value: fmt.Sprint(last)}},
	}
}

// The two comparisons of check are statistical: with a sound walk, each is refuted by
// chance with a probability below 10^-9 a run (law.Improbable).
const deviations = 7.0 // of the mean; 2.6 * 10^-12 for a normal mean, less sure for a skewed one

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if err := seen.Params().Validate(); err != nil || seen.Walks < leastWalks {
		return fmt.Errorf("nothing to judge in %d walks: %w", seen.Walks, err)
	}
	exact := law.OfWalk(seen.Params())
	share := float64(seen.Outside) / float64(seen.Walks)
	if law.Improbable(share, exact.Outside, seen.Walks) {
		return experiment.Refuted("the last part was out of bounds in %.2f%% of %d walks, not in %.2f%%",
			100*share, seen.Walks, 100*exact.Outside)
	}
	want := exact.Draws / float64(seen.Parts)
	slack := deviations*seen.Spread/math.Sqrt(float64(seen.Walks)) + 1e-6 // 1e-6: both were rounded
	if math.Abs(seen.PerPart-want) > slack {
		return experiment.Refuted("a part took %.4f draws on average, not %.4f (give or take %.4f)", seen.PerPart, want, slack)
	}
	return nil
}
