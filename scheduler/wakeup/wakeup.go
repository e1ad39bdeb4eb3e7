// Package wakeup asks: several goroutines wait for the same thing and are woken together.
// In which order do they run?
//
// ways.go has the four ways of waking, lineUp parks the goroutines in a known order,
// overtake shows the rule for a single one, run records the orders, model.go what the
// model makes of each, check says what each must be. The page tells why they differ.
package wakeup

import (
	"context"
	"embed"
	"runtime"
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

// Experiment is the claim that a woken goroutine becomes its waker's runnext, and that
// the order of many follows from it.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/wakeup",
	Question: "One P. Goroutines 0 to 4 wait to receive from a channel; 0 has waited longest. Somebody closes the channel. In which order do the five go on?",
	Choices: []experiment.Choice{
		{
			Text:    "0 1 2 3 4: who has waited longest goes first.",
			Because: "The channel's queue is first in, first out, and it is emptied in that order. But leaving that queue is not yet running: every one of the five is put on a run queue, and how that is done turns the order around.",
		},
		{
			Text:    "4 3 2 1 0: the last to come is the first to go.",
			Because: "Close does wake number 4 before the others, and number 0 last of all. But whoever is woken last sits in the slot that is looked at first.",
		},
		{
			Text:    "4 0 1 2 3: each that is woken takes the runnext slot, so the last one is first.",
			Because: "That is the order when they are woken one after another, 0 first: by five sends, by a WaitGroup, by a Cond. Close collects them on a stack before it wakes anybody.",
		},
		{
			Text:    "0 4 3 2 1: the longest waiter first, and then the others backwards.",
			True:    true,
			Because: "Close puts the waiters on a stack and wakes from its top: 4, 3, 2, 1, 0. Each takes the runnext slot from the one before, which goes to the tail of the ring. 0 is left in the slot.",
		},
		{
			Text:    "Any order: the runtime promises none.",
			Because: "It promises none, and still there is one. On one P no lots are drawn; only a build with the race detector shuffles, so that nobody comes to rely on the order.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "waiters", Unit: "goroutines", Doc: "how many wait", Default: 5, Min: 3, Max: 200},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=1"},
	Needs:    experiment.Needs{NoRace: "it makes the runtime put woken goroutines on the queue in random order"},
	Claims:   []string{"G12"},
	Files:    files,
}

type observed struct {
	Waiting   int64   `obs:"/waiting:goroutines"`
	Overtake  []int64 `obs:"/overtake/order:goroutines"` // 0 was woken; 1 to 3 were runnable before it
	Close     []int64 `obs:"/close/order:goroutines"`    // by time of waiting, 0 longest; first to run first
	Sends     []int64 `obs:"/sends/order:goroutines"`
	WaitGroup []int64 `obs:"/waitgroup/order:goroutines"`
	Broadcast []int64 `obs:"/broadcast/order:goroutines"`
	modelled
}

func run(ctx context.Context, r *experiment.Recorder) (err error) {
	// A collection would put its own workers on the queue.
	debug.SetGCPercent(-1)

	seen := observed{Waiting: int64(r.Knob("waiters"))}
	n := int(seen.Waiting)
	var closing scene
	attempt := func() time.Duration {
		experiment.Settle()
		start := r.Since()
		seen.Overtake = overtake()
		closing = play(n, closed(), r.Since)
		seen.Close = closing.order
		seen.Sends = play(n, sent(n), r.Since).order
		seen.WaitGroup = play(n, done(), r.Since).order
		seen.Broadcast = play(n, broadcast(), r.Since).order
		return r.Since() - start
	}
	attempt() // the first time, goroutines and their stacks are fetched from the system
	if err := r.Undisturbed(attempt); err != nil {
		return err
	}
	if seen.modelled, err = playModel(ctx, n); err != nil {
		return err
	}
	r.Record(seen)
	draw(r, closing)
	return nil
}

// bystanders is how many goroutines are runnable already when overtake wakes one.
const bystanders = 3

// overtake makes goroutines 1 to 3 runnable, then wakes number 0 by a send, and returns
// the order in which the four run.
func overtake() []int64 {
	var wg sync.WaitGroup
	var turn turns
	news := make(chan struct{})
	lineUp(1, &wg, func(int) {
		<-news
		turn.take(0)
	})
	for i := range bystanders {
		wg.Go(func() { turn.take(i + 1) })
	}
	news <- struct{}{}
	wg.Wait()
	return turn.order
}

// scene is what one way of waking did to goroutines 0 to n-1. The times are those of
// the recorder.
type scene struct {
	parked []time.Duration
	woken  time.Duration // when the waker began
	began  []time.Duration
	order  []int64
}

// play parks n goroutines, 0 first, wakes all, and waits until all have run.
func play(n int, w way, now func() time.Duration) scene {
	s := scene{parked: make([]time.Duration, n), began: make([]time.Duration, n)}
	var wg sync.WaitGroup
	var turn turns
	lineUp(n, &wg, func(i int) {
		s.parked[i] = now()
		w.wait()
		s.began[i] = now()
		turn.take(i)
	})
	s.woken = now()
	w.wake()
	wg.Wait()
	s.order = turn.order
	return s
}

// lineUp starts n goroutines and lets each call wait with its number. Each is parked
// in wait before the next one is started: there is one P, and a goroutine that has
// begun keeps it until it blocks.
func lineUp(n int, wg *sync.WaitGroup, wait func(i int)) {
	var begun atomic.Int64
	for i := range n {
		wg.Go(func() {
			begun.Add(1)
			wait(i)
		})
		for begun.Load() == int64(i) {
			runtime.Gosched()
		}
	}
}

// turns is the order in which goroutines took their turn.
type turns struct {
	mu    sync.Mutex
	order []int64
}

func (t *turns) take(i int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.order = append(t.order, int64(i))
}

// draw shows the close. That the five are runnable when the channel is closed is
// inferred: nothing in the program sees it happen.
func draw(r *experiment.Recorder, s scene) {
	moved := func(at time.Duration, how timeline.Provenance, i int, from, to timeline.State) {
		r.Event(timeline.Event{At: at, Provenance: how, Subject: timeline.G(i), From: from, To: to})
	}
	for i, at := range s.parked {
		moved(at, timeline.Observed, i, timeline.Running, timeline.Waiting)
	}
	for i := range s.parked {
		moved(s.woken, timeline.Inferred, i, timeline.Waiting, timeline.Runnable)
	}
	for _, i := range s.order {
		at := s.began[i]
		moved(at, timeline.Observed, int(i), timeline.Runnable, timeline.Running)
		moved(at, timeline.Observed, int(i), timeline.Running, timeline.NotExist)
	}
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	n := seen.Waiting
	for _, scene := range []struct {
		what             string
		got, want, model []int64
	}{
		{"one woken beside three that were runnable", seen.Overtake, upTo(bystanders + 1), seen.modelled.Overtake},
		{"after close", seen.Close, longestThenBackwards(n), seen.modelled.Close},
		{"after sends", seen.Sends, newestThenInOrder(n), seen.modelled.Sends},
		{"after the last Done of a WaitGroup", seen.WaitGroup, newestThenInOrder(n), seen.modelled.WaitGroup},
		{"after Broadcast", seen.Broadcast, newestThenInOrder(n), seen.modelled.Broadcast},
	} {
		if len(scene.got) != len(scene.want) {
			return experiment.Refuted("%s: %d of %d ran", scene.what, len(scene.got), len(scene.want))
		}
		if !slices.Equal(scene.got, scene.want) {
			return experiment.Refuted("%s: they ran in the order %v, not %v", scene.what, scene.got, scene.want)
		}
		if !slices.Equal(scene.got, scene.model) {
			return experiment.Refuted("%s: they ran in the order %v, and the model of the scheduler says %v", scene.what, scene.got, scene.model)
		}
	}
	return nil
}

// upTo returns 0 to n-1.
func upTo(n int64) []int64 {
	all := make([]int64, n)
	for i := range all {
		all[i] = int64(i)
	}
	return all
}

// newestThenInOrder is the order when 0, 1, ... n-1 are made runnable one after another.
func newestThenInOrder(n int64) []int64 {
	return append([]int64{n - 1}, upTo(n-1)...)
}

// longestThenBackwards is the order when n-1, ... 1, 0 are made runnable one after
// another.
func longestThenBackwards(n int64) []int64 {
	order := upTo(n)
	slices.Reverse(order[1:])
	return order
}
