// Package poll asks: a P always has something to run in its own queue. How long does a
// goroutine in the global queue have to wait?
//
// yield is the program, align brings the P's count of starts to a known value without
// reading it, run records how many others ran at each yield, model.go how many the model
// lets run, check says how many it must be. The page tells why.
package poll

import (
	"context"
	"embed"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that every 61st start belongs to the global queue.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/poll",
	Question: "One P. Its own run queue is well filled with 250 goroutines. A goroutine calls runtime.Gosched again and again; each call puts it into the global queue, where it is alone. How many of the 250 run from one of its turns to the next?",
	Choices: []experiment.Choice{
		{
			Text:    "All 250: the global queue is looked at when the own queue is empty.",
			Because: "Then two goroutines that keep waking each other could fill the own queue for ever, and whoever is in the global queue would starve. The runtime looks there now and then although it has work.",
		},
		{
			Text:    "As many as fit into 10 ms: then the time slice is over and the next queue gets its turn.",
			Because: "250 goroutines that do nothing are over in less than a tenth of a millisecond. What is counted here is not time: it is starts.",
		},
		{
			Text:    "None, or one: Gosched steps aside for whoever is next, and then goes on.",
			Because: "It steps aside to the end of the global queue, not to the front of anything. The own queue is preferred, nearly always.",
		},
		{
			Text:    "60: every 61st start belongs to the global queue.",
			True:    true,
			Because: "A P counts the goroutines that it starts, and when the count is a multiple of 61 it looks at the global queue first. So 60 others run, and the 61st start is the waiting one.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "goroutines", Unit: "goroutines", Doc: "how many are in the own queue at the beginning", Default: 250, Min: 1, Max: 257},
		{Name: "offset", Unit: "starts", Doc: "how many starts the count is ahead at the beginning", Default: 0, Min: 0, Max: period - 1},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=1"},
	Needs:    experiment.Needs{NoRace: "it makes the runtime put new goroutines on the queue in random order"},
	Claims:   []string{"G8"},
	Files:    files,
}

type observed struct {
	Goroutines int64   `obs:"/goroutines:goroutines"`
	Offset     int64   `obs:"/offset:starts"`
	Waited     []int64 `obs:"/yields/waited:goroutines"` // at each yield, how many others ran
	Model      []int64 `obs:"/model/waited:goroutines"`  // likewise, as the model has it
}

func run(ctx context.Context, r *experiment.Recorder) error {
	// A collection would put its own workers on the queue.
	debug.SetGCPercent(-1)

	n, offset := r.Knob("goroutines"), r.Knob("offset")
	var waited []int64
	var times []time.Duration
	attempt := func() time.Duration {
		waited, times = nil, nil
		experiment.Settle()
		start := r.Since()
		align()
		for range offset {
			runtime.Gosched()
		}
		times = append(times, r.Since())
		yield(n, func(ran int) {
			times = append(times, r.Since())
			waited = append(waited, int64(ran))
		})
		return r.Since() - start
	}
	attempt() // the first time, goroutines and their stacks are fetched from the system
	if err := r.Undisturbed(attempt); err != nil {
		return err
	}
	model, err := modelled(ctx, n, offset)
	if err != nil {
		return err
	}
	r.Record(observed{int64(n), int64(offset), waited, model})
	draw(r, times, waited)
	return nil
}

// yield fills the P's own queue with n goroutines and yields until all have run. After
// each yield it calls back with the number that ran meanwhile.
func yield(n int, back func(ran int)) {
	left := crowd(n)
	for before := int64(n); before > 0; {
		runtime.Gosched()
		now := left.Load()
		back(int(before - now))
		before = now
	}
}

// crowd makes n goroutines runnable that do nothing but take themselves off the number
// of those that are left.
func crowd(n int) (left *atomic.Int64) {
	left = new(atomic.Int64)
	left.Store(int64(n))
	for range n {
		go left.Add(-1)
	}
	return left
}

// draw shows the goroutine that yields.
func draw(r *experiment.Recorder, times []time.Duration, waited []int64) {
	moved := func(at time.Duration, from, to timeline.State, attrs ...timeline.Attr) {
		r.Event(timeline.Event{
			At: at, Provenance: timeline.Observed, Subject: timeline.G(0), From: from, To: to, Attrs: attrs,
		})
	}
	for i, ran := range waited {
		moved(times[i], timeline.Running, timeline.Runnable)
		moved(times[i+1], timeline.Runnable, timeline.Running, timeline.Attr{Key: "others", Value: fmt.Sprint(ran)})
	}
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	var ran int64
	for _, waited := range seen.Waited {
		ran += waited
	}
	want := expected(seen.Goroutines, seen.Offset)
	switch {
	case ran != seen.Goroutines:
		return experiment.Refuted("%d of %d goroutines ran", ran, seen.Goroutines)
	case len(want) > 1 && len(seen.Waited) == 1:
		return experiment.Refuted("it went on when all %d others had run, and not before", ran)
	case slices.Equal(seen.Waited, want) && !slices.Equal(seen.Waited, seen.Model):
		return experiment.Refuted("it waited for %v others, and the model of the scheduler says %v", seen.Waited, seen.Model)
	case slices.Equal(seen.Waited, want):
		return nil
	}
	for i := range min(len(seen.Waited), len(want)) {
		if seen.Waited[i] != want[i] {
			return experiment.Refuted("at yield %d it waited for %d others, not %d", i+1, seen.Waited[i], want[i])
		}
	}
	return experiment.Refuted("it yielded %d times, not %d", len(seen.Waited), len(want))
}

// expected returns how many of n run at each yield, if the count of starts is offset+1
// more than a multiple of the period at the first.
func expected(n, offset int64) []int64 {
	var waited []int64
	starts, runnext := 1+offset, true
	for n > 0 {
		var ran int64
		for ; n > 0 && starts%period != 0; n-- {
			// Who comes out of runnext goes on in the time slice of the one before it, and
			// that is no start.
			if !runnext {
				starts++
			}
			runnext = false
			ran++
		}
		starts++ // that of the one who yielded
		waited = append(waited, ran)
	}
	return waited
}
