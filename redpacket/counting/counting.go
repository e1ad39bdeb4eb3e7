// Package counting asks: while thousands grab, each amount that was drawn is counted in a
// shared store; is anything lost, or counted twice?
//
// stores.go has the stores, a wrong one among them in which nothing is done without the lock;
// crowd.go lets goroutines through in rows, so that what may happen does happen; scenes.go is
// what is done with them, one function for each table. picture.go draws two who have drawn the
// same. check compares with what the order of the draws makes inevitable. The page tells why.
package counting

import (
	"context"
	"embed"
	"fmt"
	"strconv"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/random"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a count is exact if reading and writing is one step, and is not if
// it is two, although each of them is under the lock.
var Experiment = &experiment.Experiment{
	ID:       "redpacket/counting",
	Question: "2,000 people grab amounts of 1 to 80. Each then counts his amount in a shared map: lock, read how often it has been drawn, unlock; lock, write that plus one, unlock. The scheduler happens to stop everybody between the two, so that people always read two by two and then write two by two. How many of the 2,000 draws are in the map at the end?",
	Choices: []experiment.Choice{
		{
			Text:    "All 2,000: nobody touches the map without the lock.",
			Because: "Nobody does, and so there is no data race, and the race detector is silent. But what is under the lock is the reading and the writing, and not what was decided in between.",
		},
		{
			Text:    "About a dozen are missing.",
			True:    true,
			Because: "Only two who have drawn the same amount get in each other's way: they read the same number, and write the same number. With 80 amounts that is one pair in eighty, of a thousand.",
		},
		{
			Text:    "Half of them: of two who write, one overwrites the other.",
			Because: "Only if they write to the same place. Most pairs have drawn two different amounts, which is why such a mistake lives so long.",
		},
		{
			Text:    "None can be said: the program dies of concurrent map writes.",
			Because: "The runtime kills a program that writes to a map while somebody else does. Here the lock keeps them apart. This mistake is one floor higher.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "people", Unit: "people", Doc: "who grab, one part for each", Default: 2000, Min: 2, Max: 20_000},
		{Name: "most", Unit: "coins", Doc: "the largest amount; the smallest is 1", Default: 80, Min: 1, Max: 10_000},
	},
	Run:     run,
	Check:   check,
	AnyKnob: true,
	Claims:  []string{"R7"},
	Files:   files,
}

type observed struct {
	People int64            `obs:"/people:people"`
	Most   int64            `obs:"/amounts/most:coins"`
	Seed   int64            `obs:"/seed:number"` // of the split, so that it can be repeated
	Counts experiment.Table `obs:"/counts:rows"`
	Sales  experiment.Table `obs:"/sales:rows"`
	Looks  experiment.Table `obs:"/looks:rows"`

	Snapshots int64 `obs:"/snapshots:snapshots"` // of the envelope, while it was grabbed
	Torn      int64 `obs:"/snapshots/torn:snapshots"`
}

// inBetween is how many stand between the two steps at a time.
var inBetween = []int{1, 2, 10, 100, 1000}

var (
	countsHeader = []string{"how it is counted", "in between", "drawn", "in the store", "missing", "had to be overwritten"}
	salesHeader  = []string{"how a part is taken", "in between", "parts", "given", "too many"}
	looksHeader  = []string{"who is asked", "drawn so far", "the answer"}
)

const (
	twoSteps = "read, then write, each under the lock"
	oneLock  = "read and write under one lock"
	oneAdd   = "an atomic counter for each amount"
	snapshot = "look at what the envelope has given"

	lookThenTake = "is one left? then take it"
	oneStep      = "grab.Memory"

	askStore    = "the store"
	askEnvelope = "the envelope"
)

func run(_ context.Context, r *experiment.Recorder) error {
	seen := observed{People: int64(r.Knob("people")), Most: int64(r.Knob("most")), Seed: random.Seed()}
	p := redpacket.Params{N: r.Knob("people"), Min: 1, Max: seen.Most, Sum: seen.People * (seen.Most + 1) / 2}
	parts, err := redpacket.Split(p, random.PCG(seen.Seed))
	if err != nil {
		return err
	}
	s := scenes{parts: parts, most: seen.Most, draw: picture{r}}
	for _, do := range []func() error{
		func() error { return s.counts(&seen.Counts) },
		func() error { return s.sales(&seen.Sales) },
		func() error { return s.looks(&seen.Looks) },
		func() error { return s.watched(&seen) },
	} {
		if err := do(); err != nil {
			return err
		}
	}
	r.Record(seen)
	return nil
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if err := checkCounts(seen); err != nil {
		return err
	}
	if err := checkSales(seen); err != nil {
		return err
	}
	want := experiment.Table{Header: looksHeader}
	want.Add(askStore, seen.People/2, 0)
	want.Add(askEnvelope, seen.People/2, seen.People/2)
	if err := seen.Looks.Equals(want, 1); err != nil {
		return err
	}
	switch {
	case seen.Snapshots == 0:
		return fmt.Errorf("nobody looked at the envelope while it was grabbed: %w", experiment.ErrNotObserved)
	case seen.Torn > 0:
		return experiment.Refuted("%d of %d snapshots were not what had been given up to a moment", seen.Torn, seen.Snapshots)
	}
	return nil
}

// checkCounts wants exactly those draws to be missing whose amount somebody else of the same row
// had, too.
func checkCounts(seen observed) error {
	if err := seen.Counts.Has(countsHeader...); err != nil {
		return err
	}
	for _, size := range inBetween {
		n, err := numbers(seen.Counts, twoSteps, fmt.Sprint(size))
		if err != nil {
			return err
		}
		drawn, counted, missing, inevitable := n[0], n[1], n[2], n[3]
		switch {
		case drawn != seen.People || missing != drawn-counted || size == 1 && inevitable != 0:
			return fmt.Errorf("%d in between: %v does not add up", size, n)
		case missing != inevitable:
			return experiment.Refuted("with %d in between %d draws were lost, not %d", size, missing, inevitable)
		case int64(size) > seen.Most && seen.People > seen.Most && missing == 0:
			return experiment.Refuted("%d in between, only %d amounts, and nothing was lost", size, seen.Most)
		}
	}
	for _, how := range []string{oneLock, oneAdd, snapshot} {
		n, err := numbers(seen.Counts, how, asTheyCome)
		if err != nil {
			return err
		}
		if n[0] != seen.People || n[1] != n[0] || n[2] != 0 || n[3] != 0 {
			return experiment.Refuted("%s: of %d draws %d were counted", how, n[0], n[1])
		}
	}
	return nil
}

const asTheyCome = "as they come"

// checkSales wants as many to be given too many as stood beside the one who took the last part.
func checkSales(seen observed) error {
	if err := seen.Sales.Has(salesHeader...); err != nil {
		return err
	}
	for _, size := range inBetween {
		n, err := numbers(seen.Sales, lookThenTake, fmt.Sprint(size))
		if err != nil {
			return err
		}
		parts, given, over := n[0], n[1], n[2]
		if parts != onSale(size, int(seen.People)) || over != given-parts {
			return fmt.Errorf("%d in between: %v does not add up", size, n)
		}
		if over != int64(size)-1 {
			return experiment.Refuted("with %d in between %d parts too many were given, not %d", size, over, size-1)
		}
	}
	n, err := numbers(seen.Sales, oneStep, asTheyCome)
	if err != nil {
		return err
	}
	if n[0] != seen.People || n[1] != n[0] || n[2] != 0 {
		return experiment.Refuted("%s gave %d parts of %d", oneStep, n[1], n[0])
	}
	return nil
}

// numbers are the cells of a row but for the first two, which name it.
func numbers(t experiment.Table, how, size string) ([]int64, error) {
	cells := t.Row(how, size)
	if cells == nil {
		return nil, fmt.Errorf("%s, %s: %w", how, size, experiment.ErrNotObserved)
	}
	n := make([]int64, len(cells)-2)
	for i, cell := range cells[2:] {
		var err error
		if n[i], err = strconv.ParseInt(cell, 10, 64); err != nil {
			return nil, fmt.Errorf("%s, %s: %w", how, size, err)
		}
	}
	return n, nil
}
