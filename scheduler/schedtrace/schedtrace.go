// Package schedtrace asks: ten goroutines are ready on one P, and the runtime is told to
// print its run queues. How many does it show?
//
// schedtrace.go is the experiment: a program that watches its own schedtrace, which it
// keeps by capture (capture.go). What others can use: Parse (parse.go) reads the output
// of any program that runs with GODEBUG=schedtrace=N, with or without scheddetail=1, into
// Snapshots (snapshot.go), and Fields (fields.go) explains every name in it.
package schedtrace

import (
	"cmp"
	"context"
	"embed"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that the queue lengths of schedtrace leave out the goroutine
// in runnext.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/schedtrace",
	Question: "One P, and GODEBUG=schedtrace=1. A goroutine creates ten others and keeps the P, so that all ten wait. Which lengths of the run queues does the runtime print?",
	Choices: []experiment.Choice{
		{
			Text:    "runqueue=10 [ 0 ]: new goroutines go to the global queue.",
			Because: "They go to the P that creates them. The global queue, runqueue, gets what a full ring sheds, and those who were preempted.",
		},
		{
			Text:    "runqueue=0 [ 10 ]: all ten are in the local queue.",
			Because: "They are all on that P, but one of them is in the slot runnext, and the length that is printed is that of the ring alone.",
		},
		{
			Text:    "runqueue=0 [ 9 ]: one of them is not shown.",
			True:    true,
			Because: "The number in brackets is the tail of the ring less its head. The newest goroutine is in the slot in front of the ring, and is not counted.",
		},
		{
			Text:    "runqueue=10 [ 10 ]: every runnable goroutine is listed globally, and for its P.",
			Because: "The global queue is not a sum. A goroutine that is ready is in one place.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "goroutines", Unit: "goroutines", Doc: "how many are created", Default: 10, Min: 1, Max: 257},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=1", "GODEBUG=schedtrace=1"},
	Needs:    experiment.Needs{NoRace: "it makes the runtime put new goroutines into the ring by the toss of a coin"},
	Files:    files,
}

type observed struct {
	Ready  int64   `obs:"/goroutines/ready:goroutines"`
	Procs  []int64 `obs:"/schedtrace/gomaxprocs:processors"` // in each snapshot that was printed while they waited
	Global []int64 `obs:"/schedtrace/global:goroutines"`     // likewise
	Local  []int64 `obs:"/schedtrace/local:goroutines"`      // likewise: the first P
	Line   string  `obs:"/schedtrace/last:line"`
}

// long is how long the goroutines are kept waiting: time for a few snapshots, but not
// for sysmon to end the time slice.
const long = 6 * time.Millisecond

func run(_ context.Context, r *experiment.Recorder) error {
	debug.SetGCPercent(-1)
	printed, err := startCapture()
	if err != nil {
		return err
	}
	defer printed.stop()
	n := r.Knob("goroutines")
	var text string
	var last scene
	err = r.Undisturbed(func() time.Duration {
		var took time.Duration
		text, last, took = crowd(n, printed, r.Since)
		if snapshots, _ := Parse(strings.NewReader(text)); len(snapshots) == 0 {
			return experiment.Slice // sysmon did not get to print: try again
		}
		return took
	})
	if err != nil {
		return err
	}
	snapshots, err := Parse(strings.NewReader(text))
	if err != nil {
		return err
	}
	seen := observed{Ready: int64(n)}
	for _, s := range snapshots {
		seen.Procs = append(seen.Procs, int64(s.Procs))
		seen.Global = append(seen.Global, int64(s.GlobalQueue))
		seen.Local = append(seen.Local, int64(s.LocalQueues[0]))
		seen.Line = strings.TrimSpace(s.String())
	}
	r.Record(seen)
	last.draw(r, int(seen.Local[len(seen.Local)-1]))
	return nil
}

// crowd makes n goroutines ready and keeps the P. It returns what was printed while they
// all waited, what happened to them by the clock now, and how long the P was kept.
func crowd(n int, printed *capture, now func() time.Duration) (text string, s scene, took time.Duration) {
	s.born, s.began = make([]time.Duration, n), make([]time.Duration, n)
	for range 64 {
		runtime.Gosched() // leave nobody else on the queue, and begin a time slice
	}
	start := time.Now()
	var wg sync.WaitGroup
	for i := range n {
		s.born[i] = now()
		wg.Go(func() { s.began[i] = now() })
	}
	from := printed.size()
	for time.Since(start) < long {
	}
	to := printed.size()
	s.released = now()
	took = time.Since(start)
	wg.Wait()
	return printed.between(from, to), s, took
}

// shown is how many goroutines are drawn, if there are so many: the newest.
const shown = 10

// scene is when each goroutine of a crowd was created, when it ran, and when the P was let
// go in between.
type scene struct {
	born, began []time.Duration
	released    time.Duration
}

// draw shows a scene. That so many goroutines were counted by the runtime was observed.
// Which of them is inferred: the number is the length of the ring, which the oldest are in.
func (s scene) draw(r *experiment.Recorder, counted int) {
	event := func(at time.Duration, how timeline.Provenance, i int, from, to timeline.State, attrs ...timeline.Attr) {
		r.Event(timeline.Event{At: at, Provenance: how, Subject: timeline.G(i), From: from, To: to, Attrs: attrs})
	}
	first := max(0, len(s.born)-shown)
	var order []int
	for i := first; i < len(s.born); i++ {
		order = append(order, i)
		event(s.born[i], timeline.Observed, i, timeline.NotExist, timeline.Runnable)
	}
	for i := first; i < min(counted, len(s.born)); i++ {
		event(s.released, timeline.Inferred, i, timeline.Runnable, timeline.Runnable,
			timeline.Attr{Key: "counted", Value: "yes"})
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s.began[a], s.began[b]) })
	for _, i := range order {
		event(s.began[i], timeline.Observed, i, timeline.Runnable, timeline.Running)
		event(s.began[i], timeline.Observed, i, timeline.Running, timeline.NotExist)
	}
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if len(seen.Local) == 0 || len(seen.Global) != len(seen.Local) || len(seen.Procs) != len(seen.Local) {
		return experiment.Refuted("no snapshot was printed while %d goroutines waited", seen.Ready)
	}
	for i, local := range seen.Local {
		switch {
		case seen.Procs[i] != 1:
			return experiment.Refuted("snapshot %d shows %d Ps, not 1", i, seen.Procs[i])
		case seen.Global[i] != 0:
			return experiment.Refuted("snapshot %d shows %d goroutines in the global queue", i, seen.Global[i])
		case local != seen.Ready-1:
			return experiment.Refuted("snapshot %d shows %d of %d goroutines in the local queue, not one less", i, local, seen.Ready)
		}
	}
	return nil
}
