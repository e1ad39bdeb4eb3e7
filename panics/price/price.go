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

// depths are how many calls are left at once, each about three times the one before: on
// logarithmic axes they stand equally far apart. Those of leap.c are the same.
var depths = []int64{1, 3, 10, 30, 100}

// The rows of the table: what is measured.
const (
	goError    = "Go: return an error"
	goPanic    = "Go: panic and recover"
	goDeferred = "Go: the same, each call has deferred something"
	goFault    = "Go: nil dereference and recover"
	cError     = "C: return an error"
	cLeap      = "C: longjmp"
	cFault     = "C: SIGSEGV, and longjmp from its handler"
)

// header names a column for each depth, so that each row is a curve.
func header() []string {
	h := []string{"nanoseconds to leave so many calls"}
	for _, d := range depths {
		h = append(h, strconv.FormatInt(d, 10))
	}
	return h
}

// observed has the prices, and what is got for them. The rows of C are missing if there is
// no compiler.
type observed struct {
	Prices    experiment.Table `obs:"/prices:rows"`
	CAbsent   []string         `obs:"/c/absent:lines"`        // why C was not measured
	Cleanups  int64            `obs:"/go/cleanups:functions"` // that ran while a hundred calls were left
	Received  int64            `obs:"/go/received:number"`    // by recover, when 0 was sent
	CCleanups int64            `obs:"/c/cleanups:functions"`  // -1 if C was not measured
	CReceived int64            `obs:"/c/received:number"`     // likewise
}

func run(ctx context.Context, r *experiment.Recorder) error {
	o := observed{Prices: experiment.Table{Header: header()}, CCleanups: -1, CReceived: -1}
	prices := measure()
	o.add(goError, prices["error"])
	o.add(goPanic, prices["panic"])
	o.add(goDeferred, prices["deferred"])
	o.add(goFault, prices["fault"])
	o.Cleanups, o.Received = likeness()
	c, absent, err := leap(ctx)
	if err != nil {
		return err
	}
	if absent != "" {
		o.CAbsent = []string{absent}
	} else {
		o.add(cError, c.prices["error"])
		o.add(cLeap, c.prices["leap"])
		o.add(cFault, c.prices["fault"])
		o.CCleanups, o.CReceived = c.cleanups, c.received
	}
	r.Record(o)
	return nil
}

// add adds a row of prices, one for each depth, in whole nanoseconds.
func (o *observed) add(what string, prices []float64) {
	cells := []any{what}
	for _, p := range prices {
		cells = append(cells, strconv.FormatFloat(p, 'f', 0, 64))
	}
	o.Prices.Add(cells...)
}
