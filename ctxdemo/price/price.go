// Package price asks: what does it cost that a lock, a look or a receive can be interrupted?
//
// operations.go has what is compared, a function and a line of a table each; measure.go has
// the clock. check judges only what must hold on every machine, by wide margins. The page
// tells why.
package price

import (
	"context"
	"embed"
	"fmt"

	"lab.example/gopark/ctxdemo"
	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that being interruptible costs little where nothing is interrupted.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/price",
	Question: "A goroutine locks and unlocks a mutex that nobody else wants, a million times. The sync.Mutex is replaced by a lock that can be interrupted, and looks at the goroutine's flag each time. What does that cost?",
	Choices: []experiment.Choice{
		{
			Text:    "About as much as before.",
			True:    true,
			Because: "A lock that is free is taken by one compare-and-swap, and that is what costs. To look at a word that nobody writes to is nearly free beside it.",
		},
		{
			Text:    "Two to three times as much: there are two things to look at, and both are shared.",
			Because: "They are shared, and nobody else writes to them. A look at a word that lies in the cache is a nanosecond; the compare-and-swap is what takes long.",
		},
		{
			Text:    "Five times as much or more, as with a channel for the lock and a select with ctx.Done().",
			Because: "That is what it costs to build it so. A select locks every channel that is in it, each time, whether it has to wait or not.",
		},
		{
			Text:    "Very much: somebody must stand by, for each lock, to pass an interrupt on.",
			Because: "Nobody stands by. The goroutine that waits listens itself, and the one that does not wait only looks.",
		},
	},
	Run:   run,
	Check: check,
	Needs: experiment.Needs{NoRace: "what it adds to every access is not the price of anything"},
	Files: ctxdemo.Quoting(files),
}

type observed struct {
	// In nanoseconds.
	Load          float64 `obs:"/look/atomic-load:ns"`
	IsInterrupted float64 `obs:"/look/is-interrupted:ns"`
	Check         float64 `obs:"/look/check:ns"`
	Err           float64 `obs:"/look/ctx-err:ns"`
	Select        float64 `obs:"/look/select-done:ns"`

	Mutex         float64 `obs:"/lock/sync-mutex:ns"`
	Interruptibly float64 `obs:"/lock/interruptibly:ns"`
	Channel       float64 `obs:"/lock/channel:ns"`
	ChannelSelect float64 `obs:"/lock/channel-select-ctx:ns"`

	Plain      float64 `obs:"/transfer/plain:ns"`
	Recv       float64 `obs:"/transfer/interruptibly:ns"`
	RecvSelect float64 `obs:"/transfer/select-ctx:ns"`

	Interrupt float64 `obs:"/stop/interrupt-and-clear:ns"`
	Cancel    float64 `obs:"/stop/cancel-and-new-context:ns"`
}

func run(_ context.Context, r *experiment.Recorder) error {
	best := measure()
	var seen observed
	for _, o := range operations {
		*o.in(&seen) = best[o.key()]
	}
	r.Record(seen)
	r.Value("/prices:rows", seen.table())
	return nil
}

// table is the prices for people: how many times dearer than the first of its group.
func (seen *observed) table() experiment.Table {
	t := experiment.Table{Header: []string{"what", "how", "ns", "times"}}
	first := make(map[string]float64)
	for _, o := range operations {
		ns := *o.in(seen)
		if _, ok := first[o.what]; !ok {
			first[o.what] = ns
		}
		t.Add(o.what, o.name, fmt.Sprintf("%.1f", ns), fmt.Sprintf("%.1f", ns/first[o.what]))
	}
	return t
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	for _, o := range operations {
		if ns := *o.in(&seen); !(ns > 0) {
			return fmt.Errorf("%s: took %v ns", o.name, ns)
		}
	}
	for _, r := range []struct {
		otherwise   string // what it means if it is not so
		cheap, dear float64
		times       float64 // cheap is at most so many times dear
	}{
		{"LockInterruptibly costs much more than sync.Mutex.Lock", seen.Interruptibly, seen.Mutex, 2},
		{"a lock of a channel and a select is not much dearer than LockInterruptibly", seen.Interruptibly, seen.ChannelSelect, 0.6},
		{"IsInterrupted costs much more than a load", seen.IsInterrupted, seen.Load, 3},
		{"Check costs much more than ctx.Err", seen.Check, seen.Err, 1.5},
		{"a select is not dearer than IsInterrupted", seen.IsInterrupted, seen.Select, 0.7},
		{"Send and Recv cost much more than a select with a context", seen.Recv, seen.RecvSelect, 2},
		{"a plain channel is not cheaper than Send and Recv", seen.Plain, seen.Recv, 0.9},
		{"Interrupt and Check cost much more than cancel and a new context", seen.Interrupt, seen.Cancel, 1.2},
	} {
		if r.cheap > r.times*r.dear {
			return experiment.Refuted("%s: %.1f ns, and %.1f ns", r.otherwise, r.cheap, r.dear)
		}
	}
	return nil
}
