// Package slice asks: two goroutines on one P compute and never block. How long does each
// run before the other gets its turn?
//
// hog is the program, bounds says what its clock readings prove, run records the
// slices, model.go what the model makes of the two, check says what they must be. The
// page tells why.
package slice

import (
	"cmp"
	"context"
	"embed"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that 10 ms is the least that a goroutine is left to run, and
// not the most.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/slice",
	Question: "One P. Two goroutines compute, without ever blocking or yielding. How long does each run before the other gets its turn?",
	Choices: []experiment.Choice{
		{
			Text:    "At most 10 ms: that is the time slice.",
			Because: "10 ms is the constant in the source. But it is the age at which a goroutine may be preempted by somebody who looks, and the one who looks sleeps in between.",
		},
		{
			Text:    "At least 10 ms, and as a rule about 20.",
			True:    true,
			Because: "sysmon looks every 10 ms. At its first look the goroutine is new, and its time begins to count only then; at the next look it is 10 ms old. That is about 20 ms since it began.",
		},
		{
			Text:    "Until it is done: goroutines are cooperative.",
			Because: "They were, up to Go 1.13, if they called nothing. Since Go 1.14 the runtime interrupts the thread by a signal.",
		},
		{
			Text:    "A few milliseconds, as the kernel decides: it shares out the CPU.",
			Because: "The kernel knows threads. On one P there is one thread at a time that runs Go code, and the kernel has nobody to choose between.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "slices", Unit: "slices", Doc: "how many are measured", Default: 16, Min: 8, Max: 100},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=1"},
	Claims:   []string{"G13"},
	Files:    files,
}

// The lengths of the slices are in the order in which they happened. A switch takes
// place between the last reading of one goroutine and the first of the other: that
// gives two bounds for the length, which are close unless the machine was busy with
// something else just then.
type observed struct {
	AtLeast []int64 `obs:"/slices/at-least:nanoseconds"`
	AtMost  []int64 `obs:"/slices/at-most:nanoseconds"`
	Vague   int64   `obs:"/slices/vague:slices"`     // how many were left out: see bounds
	Mean    int64   `obs:"/slices/mean:nanoseconds"` // of all, from the beginning of the first to the end of the last
	Model   []int64 `obs:"/model/slices:nanoseconds"`
}

// stretch is one uninterrupted stretch of one goroutine: its first and its last reading
// of the clock.
type stretch struct {
	g           int
	first, last time.Duration
}

// hogs is what the two goroutines share: a clock, how many stretches are wanted of both
// together, how many there are, and whose turn it is.
type hogs struct {
	now     func() time.Duration
	want    int64
	begun   atomic.Int64
	current atomic.Int64
}

// hog computes until there are enough stretches, and returns its own. What it computes
// is the time. It can be preempted between any two lines, so it looks whose turn it is
// before it reads the clock and after: only a reading between two such looks belongs to
// the stretch that has begun.
func (h *hogs) hog(g int64) []stretch {
	var own []stretch
	for h.begun.Load() < h.want {
		if h.current.Load() != g { // the other one ran last
			h.begun.Add(1)
			t := h.now()
			own = append(own, stretch{int(g), t, t})
			h.current.Store(g)
		}
		t := h.now()
		if h.current.Load() == g {
			own[len(own)-1].last = t
		}
	}
	return own
}

// warmUp is how many stretches are left out at the beginning: while the program is
// young, sysmon looks more often.
const warmUp = 4

func run(ctx context.Context, r *experiment.Recorder) error {
	// A collection would preempt too.
	debug.SetGCPercent(-1)

	const nobody = -1
	want := warmUp + r.Knob("slices") + 2 // there are no bounds for the first and the last
	h := &hogs{now: r.Since, want: int64(want)}
	h.current.Store(nobody)
	var each [2][]stretch
	var wg sync.WaitGroup
	for g := range each {
		wg.Go(func() { each[g] = h.hog(int64(g)) })
	}
	wg.Wait()

	all := slices.Concat(each[0], each[1])
	slices.SortFunc(all, func(a, b stretch) int { return cmp.Compare(a.first, b.first) })
	// The one who begins the last stretch ends at once, and the other may begin one more.
	all = all[warmUp:want]
	seen := bounds(all)
	if n := len(seen.AtMost); n < enough {
		return experiment.Unmet("the machine is too busy: only %d of %d slices could be measured to within %v",
			n, r.Knob("slices"), precision)
	}
	var err error
	if seen.Model, err = modelled(ctx, r.Knob("slices")); err != nil {
		return err
	}
	r.Record(seen)
	draw(r, all)
	return nil
}

const (
	// precision is how far apart the two bounds of a slice may be: near enough to tell one
	// of 10 ms from one of 20.
	precision = 4 * time.Millisecond

	// enough is how many slices must be known as well as that.
	enough = 4
)

// bounds returns what is known about the lengths of all stretches but the first and the
// last. Those that are not known to within precision are left out and counted: the
// thread was kept from running at the moment of a switch. Whether a slice is long or
// short does not matter for that.
func bounds(all []stretch) observed {
	var seen observed
	for i := 1; i < len(all)-1; i++ {
		least, most := all[i].last-all[i].first, all[i+1].first-all[i-1].last
		if most-least > precision {
			seen.Vague++
			continue
		}
		seen.AtLeast = append(seen.AtLeast, int64(least))
		seen.AtMost = append(seen.AtMost, int64(most))
	}
	if n := len(all) - 2; n > 0 {
		seen.Mean = int64(all[n+1].first-all[0].last) / int64(n)
	}
	return seen
}

func draw(r *experiment.Recorder, all []stretch) {
	moved := func(at time.Duration, g int, from, to timeline.State) {
		r.Event(timeline.Event{At: at, Provenance: timeline.Observed, Subject: timeline.G(g), From: from, To: to})
	}
	for _, s := range all {
		moved(s.first, s.g, timeline.Runnable, timeline.Running)
		moved(s.last, s.g, timeline.Running, timeline.Runnable)
	}
}

const (
	// least is forcePreemptNS of runtime/proc.go, less what two clocks may differ by.
	least = 10*time.Millisecond - 100*time.Microsecond

	// usual lies half way between a slice of 10 ms and one of 20.
	usual = 15 * time.Millisecond
)

// check has no opinion about slices that are longer than they should be: a busy machine
// makes them longer. If it delays a switch, it makes the next slice shorter by as much as
// this one is longer, and the mean remains what it is.
func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	n := len(seen.AtLeast)
	if n == 0 || len(seen.AtMost) != n {
		return experiment.Refuted("there are %d lower and %d upper bounds: neither goroutine gave way", n, len(seen.AtMost))
	}
	if shortest := slices.Min(seen.AtMost); shortest < int64(least) {
		return experiment.Refuted("one was preempted after %v, before it was 10ms old", time.Duration(shortest))
	}
	if mean := time.Duration(seen.Mean); mean < usual {
		return experiment.Refuted("the mean of the slices was %v: nearer to 10ms than to 20ms", mean)
	}
	if len(seen.Model) == 0 {
		return experiment.Refuted("in the model of the scheduler neither goroutine gave way")
	}
	if mean, model := time.Duration(seen.Mean), time.Duration(slices.Min(seen.Model)); mean < model*3/4 {
		return experiment.Refuted("the mean of the slices was %v, and the model of the scheduler has none below %v", mean, model)
	}
	return nil
}
