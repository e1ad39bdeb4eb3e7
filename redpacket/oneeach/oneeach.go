// Package oneeach asks: what does it cost that everybody may have only one?
//
// measure.go measures the ways to build an envelope that package alternatives has, and one that
// remembers nobody. check judges only what must hold on every machine, by wide margins. The page
// tells why.
package oneeach

import (
	"context"
	"embed"
	"fmt"
	"strconv"

	"lab.example/gopark/internal/excerpt"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/redpacket"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that an envelope costs what its table of users costs.
var Experiment = &experiment.Experiment{
	ID:       "redpacket/oneeach",
	Question: "Taking the next part of an envelope is one atomic addition to a counter that everybody shares. Now each user may have only one part, and gets the same one when he asks again; so there is a table of who has had one. What is a grab now, compared with the addition?",
	Choices: []experiment.Choice{
		{
			Text:    "Hardly more: everybody fights for the one counter, and that is what takes the time.",
			Because: "It is what is looked at first, since it is the only thing that all share. But an addition to a word that all cores want is still some nanoseconds, or some tens.",
		},
		{
			Text:    "About twice as much: one more look at a table that is in memory.",
			Because: "It is more than a look. The name is hashed, a lock is taken and given back, a place is found where no other name is, and it is written down; and the table is larger than the caches that are near.",
		},
		{
			Text:    "Several times as much.",
			True:    true,
			Because: "Hash, lock, find, write down, unlock, and each of them is about as dear as the addition. Whoever wants a faster envelope has to look at the table, and not at the counter.",
		},
		{
			Text:    "Nothing with one goroutine, and very much with many: they queue for the table.",
			Because: "They would, if the table had one lock. It has many, and two users seldom need the same one at the same time. The price is the work, and not the waiting.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "users", Unit: "users", Doc: "who grab, one part for each", Default: 2048, Min: 256, Max: 1 << 16},
	},
	Run:   run,
	Check: check,
	Needs: experiment.Needs{NoRace: "what it adds to every access is not the price of anything"},
	Files: excerpt.Beside(files, redpacket.Source),
}

type observed struct {
	Users  int64            `obs:"/users:users"`
	Prices experiment.Table `obs:"/prices:rows"`
}

var header = []string{"who has had one", "ns by one goroutine", "ns by eight", "ns for one who has his", "bytes a user", "times nobody"}

func run(ctx context.Context, r *experiment.Recorder) error {
	users := r.Knob("users")
	p := redpacket.Params{N: users, Min: 1, Max: 80, Sum: int64(users) * 40}
	all := ways()
	best, err := measure(ctx, all, p)
	if err != nil {
		return err
	}
	seen := observed{int64(users), experiment.Table{Header: header}}
	for i, w := range all {
		again := "-"
		if w.name != nobody {
			again = decimal(best[i].again)
		}
		seen.Prices.Add(w.name, decimal(best[i].alone), decimal(best[i].crowd), again,
			fmt.Sprintf("%.0f", best[i].bytes), decimal(best[i].alone/best[0].alone))
	}
	r.Record(seen)
	return nil
}

func decimal(f float64) string { return fmt.Sprintf("%.1f", f) }

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	prices, err := read(seen.Prices)
	if err != nil {
		return err
	}
	for _, r := range []struct {
		otherwise   string // what it means if it is not so
		cheap, dear float64
		times       float64 // cheap is at most so many times dear
	}{
		{"the table of users costs hardly more than the counter", prices[nobody].alone, prices["memory"].alone, 0.4},
		{"with eight goroutines it costs hardly more than the counter", prices[nobody].crowd, prices["memory"].crowd, 0.6},
		{"Go maps with a lock each are much cheaper than the table", prices["memory"].alone, prices["go-maps"].alone, 1.1},
		{"a sync.Map is no dearer than the table", prices["memory"].alone, prices["sync-map"].alone, 0.6},
		{"eight goroutines are no worse off with one lock and one map", prices["memory"].crowd, prices["mutex"].crowd, 0.9},
		{"asking a goroutine is no dearer than a lock", prices["mutex"].alone, prices["owner"].alone, 0.8},
		{"a sync.Map takes no more memory", prices["memory"].bytes, prices["sync-map"].bytes, 0.8},
	} {
		if r.cheap > r.times*r.dear {
			return experiment.Refuted("%s: %.1f, and %.1f", r.otherwise, r.cheap, r.dear)
		}
	}
	return nil
}

// read returns the prices by name.
func read(t experiment.Table) (map[string]price, error) {
	if err := t.Has(header...); err != nil {
		return nil, err
	}
	prices := make(map[string]price)
	for _, w := range ways() {
		row := t.Row(w.name)
		if row == nil {
			return nil, fmt.Errorf("%s: %w", w.name, experiment.ErrNotObserved)
		}
		var p price
		for column, into := range map[int]*float64{1: &p.alone, 2: &p.crowd, 4: &p.bytes} {
			var err error
			if *into, err = strconv.ParseFloat(row[column], 64); err != nil {
				return nil, fmt.Errorf("%s: %w", w.name, err)
			}
			if *into <= 0 {
				return nil, fmt.Errorf("%s: %s: %v", w.name, header[column], *into)
			}
		}
		prices[w.name] = p
	}
	return prices, nil
}
