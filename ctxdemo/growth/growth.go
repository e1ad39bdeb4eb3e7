// Package growth asks: a parent has a thousand children, then a hundred thousand. What becomes
// of the price of each?
//
// shapes.go grows trees, wide ones and deep ones, and cuts them down; watchers.go has many wait
// for the end of one context, in two ways; bytes.go weighs what is kept. run measures all of it
// over many sizes, check judges how it grows. The page tells why.
package growth

import (
	"context"
	"embed"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a tree of contexts costs in proportion to its size, whatever
// its shape.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/growth",
	Question: "A parent has a thousand children, each of which has cost some hundred nanoseconds to derive and to cancel. It gets a hundred thousand. What becomes of the price of each?",
	Choices: []experiment.Choice{
		{
			Text:    "It stays what it was, give or take a factor of a few: the whole grows in proportion.",
			True:    true,
			Because: "A child is an entry in a map of its parent. To put it in, to take it out and to call it in a loop takes the same time, however many there are.",
		},
		{
			Text:    "It is a hundred times as high: to cancel one child, its parent must look for it among all.",
			Because: "That would be a list. It is a map, and so the whole does not grow with the square.",
		},
		{
			Text:    "Deriving costs the same; cancelling the parent costs next to nothing, since one channel is closed for all.",
			Because: "Each child has a Done channel of its own. To cancel the parent is to lock every child, to set its error and to close its channel.",
		},
		{
			Text:    "It goes through the roof: a hundred thousand contexts are a hundred thousand goroutines.",
			Because: "A context of package context has none. It takes a few hundred bytes, and a goroutine takes ten times as many.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "largest", Unit: "contexts", Doc: "how many the largest tree has", Default: 100_000, Min: 10_000, Max: 500_000},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Needs:    experiment.Needs{NoRace: "what it adds to every operation is not the price of a context"},
	Claims:   []string{"C3"},
	Files:    files,
}

// observed has prices of one node for each of Sizes, in nanoseconds of processor time.
type observed struct {
	Sizes       []int64   `obs:"/sizes:contexts"`
	WideCreate  []float64 `obs:"/wide/create:ns"`
	WideCancel  []float64 `obs:"/wide/cancel:ns"`
	WideDone    []float64 `obs:"/wide/cancel-done:ns"` // Done had been called on each
	WideInTurn  []float64 `obs:"/wide/cancel-each:ns"` // each was cancelled by its own function
	DeepCreate  []float64 `obs:"/deep/create:ns"`
	DeepCancel  []float64 `obs:"/deep/cancel:ns"`
	FuncFire    []float64 `obs:"/watch/function:ns"`         // until all functions of AfterFunc had run
	RoutineFire []float64 `obs:"/watch/goroutine:ns"`        // until all goroutines that waited had gone on
	FuncIdle    int64     `obs:"/watch/function:goroutines"` // that a thousand of them need while they wait
	RoutineIdle int64     `obs:"/watch/goroutine:goroutines"`
	weights
}

// mostWatchers is how many wait at once, at most: that many goroutines take 30 MB.
const mostWatchers = 10_000

func run(_ context.Context, r *experiment.Recorder) error {
	var seen observed
	others := runtime.NumGoroutine()
	seen.weights = weigh()
	settle(others) // those that were weighed
	for n := int64(10); n < int64(r.Knob("largest")); n *= 10 {
		seen.Sizes = append(seen.Sizes, n)
	}
	seen.Sizes = append(seen.Sizes, int64(r.Knob("largest")))
	for _, size := range seen.Sizes {
		n := int(size)
		wide, deep := best(n, growWide), best(n, growDeep)
		seen.WideCreate = append(seen.WideCreate, wide.create)
		seen.WideCancel = append(seen.WideCancel, wide.cancel)
		seen.WideDone = append(seen.WideDone, best(n, growHeard).cancel)
		seen.WideInTurn = append(seen.WideInTurn, best(n, growAndPick).cancel)
		seen.DeepCreate = append(seen.DeepCreate, deep.create)
		seen.DeepCancel = append(seen.DeepCancel, deep.cancel)
		if n <= mostWatchers {
			seen.FuncFire = append(seen.FuncFire, best(n, watch(byFunction)).cancel)
			seen.RoutineFire = append(seen.RoutineFire, best(n, watch(byGoroutine)).cancel)
		}
	}
	seen.FuncIdle, seen.RoutineIdle = idle(others, byFunction), idle(others, byGoroutine)
	r.Record(seen)
	r.Value("/prices:rows", seen.table())
	r.Value("/weights:rows", seen.weights.table())
	return nil
}

// table is the prices for people.
func (o observed) table() experiment.Table {
	t := experiment.Table{Header: []string{"nanoseconds of processor time for each of so many"}}
	for _, n := range o.Sizes {
		t.Header = append(t.Header, fmt.Sprint(n))
	}
	for _, row := range []struct {
		what   string
		prices []float64
	}{
		{"derive from one parent", o.WideCreate},
		{"cancel the parent", o.WideCancel},
		{"the same, when Done was called on each", o.WideDone},
		{"cancel each by its own function", o.WideInTurn},
		{"derive each from the one before", o.DeepCreate},
		{"cancel the first", o.DeepCancel},
		{"cancel, until all functions of AfterFunc have run", o.FuncFire},
		{"cancel, until all goroutines that wait have gone on", o.RoutineFire},
	} {
		cells := []any{row.what}
		for i := range o.Sizes {
			cell := ""
			if i < len(row.prices) {
				cell = strconv.FormatFloat(row.prices[i], 'f', 0, 64)
			}
			cells = append(cells, cell)
		}
		t.Add(cells...)
	}
	return t
}

// alike is by how much the price of one may grow from the reference to the largest tree, which
// is at least ten and by default a hundred times as large. In proportion to the square it
// would grow as much as the tree. Caches and the collector were seen to make it three.
func alike(growth int64) float64 { return math.Max(8, float64(growth)/5) }

// reference is the size that the largest is compared with: smaller ones are timed too coarsely.
const reference = 1000

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	small, large := slices.Index(seen.Sizes, reference), len(seen.Sizes)-1
	if small < 0 || large <= small {
		return fmt.Errorf("sizes %v: want %d and a larger one", seen.Sizes, reference)
	}
	for _, s := range []struct {
		what   string
		prices []float64
	}{
		{"deriving from one parent", seen.WideCreate},
		{"cancelling a parent of many", seen.WideCancel},
		{"cancelling a parent of many with Done", seen.WideDone},
		{"cancelling one of many", seen.WideInTurn},
		{"deriving each from the one before", seen.DeepCreate},
		{"cancelling a chain", seen.DeepCancel},
	} {
		if len(s.prices) != len(seen.Sizes) {
			return fmt.Errorf("%s: %d prices for %d sizes", s.what, len(s.prices), len(seen.Sizes))
		}
		before, after := s.prices[small], s.prices[large]
		if limit := alike(seen.Sizes[large] / reference); after > limit*before {
			return experiment.Refuted("%s: %.0f ns each for %d, %.0f for %d: more than %.0f times as much",
				s.what, before, int64(reference), after, seen.Sizes[large], limit)
		}
	}
	switch {
	case seen.FuncIdle != 0:
		return experiment.Refuted("%d functions of AfterFunc need %d goroutines while they wait", int64(idlers), seen.FuncIdle)
	case seen.RoutineIdle != idlers:
		return fmt.Errorf("%d goroutines waited, not %d", seen.RoutineIdle, int64(idlers))
	}
	return seen.weights.check()
}
