// Package order asks: a context with six children is cancelled. Which of them goes first?
//
// family.go makes a parent with children and cancels it, crowd.go does so with twelve of
// them, window.go with very many, so that somebody else can look on. run repeats that and
// counts, check says which orders there are. The page tells why.
package order

import (
	"context"
	"embed"
	"errors"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that siblings are cancelled in a rotation of the order in which
// they sit in their parent's map, and that a parent is done while they are not.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/order",
	Question: "A context has six children, made one after the other: a, b, c, d, e, f. It is cancelled, and the order in which the children are cancelled is written down. That is done 400 times, with a new family each time. How many different orders are there?",
	Choices: []experiment.Choice{
		{
			Text:    "One: abcdef. The children are cancelled in the order in which they were made.",
			Because: "There is no list of children. They are the keys of a map, and a loop over a map begins anywhere.",
		},
		{
			Text:    "Some hundreds: the children are the keys of a map, and the order of a map is random.",
			Because: "The loop over a map begins at a random place; it does not shuffle. And a map of up to eight keys keeps them in the order in which they came.",
		},
		{
			Text:    "Six: abcdef and its rotations, bcdefa and so on.",
			True:    true,
			Because: "Up to eight children sit in one group of eight seats, in the order in which they came. The loop begins at a random seat and goes round once.",
		},
		{
			Text:    "One, backwards: fedcba, as deferred functions run.",
			Because: "Nothing is stacked here. Parents come before children, but among siblings the last one has no privilege.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "siblings", Unit: "contexts", Doc: "children of the context", Default: 6, Min: 1, Max: seats},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=1"},
	Needs:    experiment.Needs{NoRace: "the order is read off the run queue, which it shuffles"},
	Claims:   []string{"C4"},
	Files:    files,
}

const (
	// seats is how many keys a map holds before it hashes them: internal/runtime/maps,
	// abi.MapGroupSlots.
	seats = 8

	rounds = 400
)

type observed struct {
	Siblings int64    `obs:"/family/siblings:contexts"`
	Rounds   int64    `obs:"/family/rounds:rounds"`
	Orders   []string `obs:"/family/orders:orders"` // those that were seen, sorted
	Seen     []int64  `obs:"/family/seen:rounds"`   // how often each

	Heirs []string `obs:"/heir/orders:orders"` // with the second child dead and one born after that

	Crowd       int64    `obs:"/crowd/siblings:contexts"`
	CrowdRounds int64    `obs:"/crowd/rounds:rounds"`
	CrowdOrders int64    `obs:"/crowd/orders:orders"`
	CrowdRuns   int64    `obs:"/crowd/most-runs:runs"` // of rising letters, going round
	CrowdFirst  []string `obs:"/crowd/first:orders"`   // of the first rounds

	watched
}

func run(ctx context.Context, r *experiment.Recorder) error {
	debug.SetGCPercent(-1)
	siblings := r.Knob("siblings")
	seen := observed{Siblings: int64(siblings), Rounds: rounds, Crowd: crowd, CrowdRounds: crowdRounds}
	orders, err := repeat(r, rounds, func() *family { return newFamily(siblings) })
	if err != nil {
		return err
	}
	seen.Orders, seen.Seen = tally(orders)
	draw(r, siblings, telling(orders))

	heirs, err := repeat(r, rounds, func() *family { return withHeir(siblings) })
	if err != nil {
		return err
	}
	seen.Heirs, _ = tally(heirs)

	crowds, err := repeat(r, crowdRounds, func() *family { return newFamily(crowd) })
	if err != nil {
		return err
	}
	distinct, _ := tally(crowds)
	seen.CrowdOrders, seen.CrowdFirst = int64(len(distinct)), crowds[:3]
	for _, o := range crowds {
		seen.CrowdRuns = max(seen.CrowdRuns, int64(runs(o)))
	}

	runtime.GOMAXPROCS(2) // one to cancel, one to look on
	if seen.watched, err = watch(ctx); err != nil {
		return err
	}
	r.Record(seen)
	return nil
}

// tally returns the distinct orders, sorted, and how often each was seen.
func tally(orders []string) (distinct []string, seen []int64) {
	for _, o := range slices.Sorted(slices.Values(orders)) {
		if n := len(distinct); n > 0 && distinct[n-1] == o {
			seen[n-1]++
			continue
		}
		distinct, seen = append(distinct, o), append(seen, 1)
	}
	return distinct, seen
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	return errors.Join(seen.checkFamily(), seen.checkHeirs(), seen.checkCrowd(), seen.watched.check())
}

// checkFamily holds that every rotation is seen, nothing else, and the eldest first as
// often as the empty seats say: the loop begins at each of eight seats equally often, and
// from an empty one it comes to the first child. A loop that does so fails this with a
// probability below 1e-7.
func (seen observed) checkFamily() error {
	want := rotations(names(int(seen.Siblings)))
	if !slices.Equal(seen.Orders, want) {
		return experiment.Refuted("the orders of %d siblings were %v, not %v", seen.Siblings, seen.Orders, want)
	}
	if len(seen.Seen) != len(seen.Orders) {
		return experiment.Refuted("%d orders, and %d counts", len(seen.Orders), len(seen.Seen))
	}
	n, p := float64(seen.Rounds), float64(seats+1-seen.Siblings)/seats
	first, mean, deviation := float64(seen.Seen[0]), n*p, math.Sqrt(n*p*(1-p))
	if math.Abs(first-mean) > 6*deviation {
		return experiment.Refuted("the eldest of %d went first in %.0f of %.0f rounds, where %.0f were expected", seen.Siblings, first, n, mean)
	}
	return nil
}

// checkHeirs holds that the youngest has taken the seat of the one that died.
func (seen observed) checkHeirs() error {
	if want := rotations(heirNames(int(seen.Siblings))); !slices.Equal(seen.Heirs, want) {
		return experiment.Refuted("with an heir the orders were %v, not %v", seen.Heirs, want)
	}
	return nil
}

// checkCrowd holds that with more than eight siblings almost every family has an order of
// its own, and yet none is shuffled: it is two rising runs, one for each group of seats.
func (seen observed) checkCrowd() error {
	switch {
	case seen.CrowdOrders < seen.CrowdRounds/2:
		return experiment.Refuted("%d families of %d had only %d orders", seen.CrowdRounds, seen.Crowd, seen.CrowdOrders)
	case seen.CrowdRuns > 2:
		return experiment.Refuted("%d siblings were cancelled in %d rising runs, where there are 2 groups of seats", seen.Crowd, seen.CrowdRuns)
	}
	return nil
}

// rotations returns all rotations of a row, sorted.
func rotations(row string) []string {
	var all []string
	for i := range row {
		all = append(all, row[i:]+row[:i])
	}
	slices.Sort(all)
	return all
}

// telling returns the first order that does not begin with the eldest, for the picture.
func telling(orders []string) string {
	i := slices.IndexFunc(orders, func(o string) bool { return !strings.HasPrefix(o, "a") })
	return orders[max(i, 0)]
}

func draw(r *experiment.Recorder, siblings int, order string) {
	r.Event(event(timeline.Observed, "parent", timeline.NotExist, timeline.Live))
	for name := range strings.SplitSeq(names(siblings), "") {
		r.Event(event(timeline.Observed, "parent/"+name, timeline.NotExist, timeline.Live))
	}
	r.Event(event(timeline.Observed, "parent", timeline.Live, timeline.Canceled))
	for name := range strings.SplitSeq(order, "") {
		r.Event(event(timeline.Inferred, "parent/"+name, timeline.Live, timeline.Canceled))
	}
}

func event(p timeline.Provenance, path string, from, to timeline.State) timeline.Event {
	return timeline.Event{Provenance: p, Subject: timeline.Subject{Kind: timeline.Context, ID: path}, From: from, To: to}
}
