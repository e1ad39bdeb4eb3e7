// Package price asks: what does it cost to leave nested calls by a panic, and what does one
// get for it?
//
// exits.go has the ways of leaving, a function and a line of a table each; measure.go has
// the clock; leap.go runs the same in C (testdata/leap.c), if there is a compiler. check
// judges only what must hold on every machine. The page tells why.
package price

import (
	"context"
	"embed"
	"fmt"
	"strconv"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that panic and recover are the counterpart of setjmp and longjmp.
var Experiment = &experiment.Experiment{
	ID:       "panics/price",
	Question: "A parser is a hundred calls deep when it finds a mistake. In C, longjmp leaves all of them at once and looks at none. In Go somebody uses panic and recover for it, instead of returning an error through every call. What does that cost?",
	Choices: []experiment.Choice{
		{
			Text:    "Less than the error: nothing is returned and nothing is compared on the way, as with longjmp.",
			Because: "longjmp restores a few registers and does not look at the frames. A panic looks at every one of them, because each may have deferred something.",
		},
		{
			Text:    "More than the error, and more with every call in between.",
			True:    true,
			Because: "The runtime walks the frames one by one and asks each what it has deferred. That is dearer than a return, and it is what you get for the money.",
		},
		{
			Text:    "A fixed price, however deep: dear for one call, cheap for a hundred.",
			Because: "There is a fixed part, for catching up with the stack. But every frame has a price of its own as well, and that is more than the price of a return.",
		},
		{
			Text:    "About the same: the compiler turns both into jumps.",
			Because: "A returned error is a few instructions a call. A panic is a call into the runtime, which reads tables about every function that it passes.",
		},
	},
	Run:    run,
	Check:  check,
	Needs:  experiment.Needs{NoRace: "what it adds to every call is not the price of anything"},
	Claims: []string{"P12"},
	Files:  files,
}

// depths are how many calls are left at once. Those of leap.c are the same.
var depths = []int64{1, 10, 100}

// observed has prices for each depth, and what is got for them. Those of C are empty if
// there is no compiler.
type observed struct {
	Depths   []int64   `obs:"/depths:calls"`
	Error    []float64 `obs:"/go/error:ns"`
	Panic    []float64 `obs:"/go/panic:ns"`
	Deferred []float64 `obs:"/go/panic-deferred:ns"`
	Fault    []float64 `obs:"/go/fault:ns"`
	CError   []float64 `obs:"/c/error:ns"`
	CLeap    []float64 `obs:"/c/longjmp:ns"`
	CFault   []float64 `obs:"/c/fault-longjmp:ns"`
	CAbsent  string    `obs:"/c/absent:reason"` // "" if C was measured

	Cleanups  int64 `obs:"/go/cleanups:functions"` // that ran while a hundred calls were left
	Received  int64 `obs:"/go/received:number"`    // by recover, when 0 was sent
	CCleanups int64 `obs:"/c/cleanups:functions"`  // -1 if C was not measured
	CReceived int64 `obs:"/c/received:number"`     // likewise
}

func run(ctx context.Context, r *experiment.Recorder) error {
	prices := measure()
	o := observed{
		Depths: depths,
		Error:  prices["error"], Panic: prices["panic"], Deferred: prices["deferred"], Fault: prices["fault"],
		CCleanups: -1, CReceived: -1,
	}
	o.Cleanups, o.Received = likeness()
	c, absent, err := leap(ctx)
	if err != nil {
		return err
	}
	if o.CAbsent = absent; absent == "" {
		o.CError, o.CLeap, o.CFault = c.prices["error"], c.prices["leap"], c.prices["fault"]
		o.CCleanups, o.CReceived = c.cleanups, c.received
	}
	r.Record(o)
	r.Value("/prices:rows", o.table())
	return nil
}

// table is the prices for people.
func (o observed) table() experiment.Table {
	t := experiment.Table{Header: []string{"nanoseconds to leave so many calls"}}
	for _, d := range o.Depths {
		t.Header = append(t.Header, fmt.Sprint(d))
	}
	for _, row := range []struct {
		what   string
		prices []float64
	}{
		{"Go: return an error", o.Error},
		{"Go: panic and recover", o.Panic},
		{"Go: the same, each call has deferred something", o.Deferred},
		{"Go: nil dereference and recover", o.Fault},
		{"C: return an error", o.CError},
		{"C: longjmp", o.CLeap},
		{"C: SIGSEGV, and longjmp from its handler", o.CFault},
	} {
		if len(row.prices) == 0 {
			continue
		}
		cells := []any{row.what}
		for _, p := range row.prices {
			cells = append(cells, strconv.FormatFloat(p, 'f', 0, 64))
		}
		t.Add(cells...)
	}
	return t
}
