// Package thief asks: a P has run out of work. Does it rob another P before it looks at the
// global queue?
//
// offer puts work into both places and lets an idle P choose, run records the order in
// which it takes it, model.go what the model makes of it, check says what must come first,
// picture.go draws it. The page tells why.
package thief

import (
	"context"
	"embed"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that an idle P empties the global queue before it steals.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/thief",
	Question: "Two Ps. One is held by a goroutine that has made 300 others and does not let go: 171 of them, from number 128 up, are still in its queue; 129, from number 0 up, are in the global queue. The other P has nothing. Which does it run first?",
	Choices: []experiment.Choice{
		{
			Text:    "Number 0, from the global queue.",
			True:    true,
			Because: "The order is: one's own queue, then the global queue, then the network, and only then the queues of others. It does not steal while there is anybody in the global queue.",
		},
		{
			Text:    "Number 128, the oldest in the queue of the other P: the global queue comes after stealing has failed.",
			Because: "It is often drawn like that, the global queue as a last reserve. But stealing disturbs a P that is at work, and the global queue belongs to nobody.",
		},
		{
			Text:    "Number 299, the newest: it is in runnext, which is looked at first.",
			Because: "By its own P. For a thief it is the last thing to take: whoever is in runnext is expected to run in a moment, on the P where it was made ready.",
		},
		{
			Text:    "None: the 300 belong to the P that made them.",
			Because: "A goroutine belongs to no P. If it did, one busy P would be enough to keep the others idle.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "goroutines", Unit: "goroutines", Doc: "how many are made", Default: 300, Min: places + 1, Max: 386},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=2"},
	Needs:    experiment.Needs{Cores: 2, NoRace: "it makes the runtime shuffle what it puts on a queue"},
	Claims:   []string{"G7"},
	Files:    files,
}

type observed struct {
	Made  int64   `obs:"/goroutines/made:goroutines"`
	Order []int64 `obs:"/goroutines/order:goroutines"` // by number, first to run first
	Model []int64 `obs:"/model/order:goroutines"`      // likewise, as the model has it
}

func run(ctx context.Context, r *experiment.Recorder) (err error) {
	// A collection would put its own workers on the queues.
	debug.SetGCPercent(-1)

	seen := observed{Made: int64(r.Knob("goroutines"))}
	var last scene
	attempt := func() time.Duration {
		experiment.Settle()
		start := r.Since()
		last = offer(int(seen.Made), r.Since)
		return r.Since() - start
	}
	attempt() // the first time, goroutines and their stacks are fetched from the system
	if err := r.Undisturbed(attempt); err != nil {
		return err
	}
	seen.Order = last.order
	if seen.Model, err = modelled(ctx, seen.Order); err != nil {
		return err
	}
	r.Record(seen)
	draw(r, last)
	return nil
}

// scene is what offer saw.
type scene struct {
	order       []int64         // by number, first to run first
	made, began []time.Duration // of each number
}

// offer makes n goroutines while the other P is held, so that nobody can take any of
// them. Then it lets the other P go, keeps its own until all have run, and returns the
// order in which they did and when, by the clock now. Nobody here blocks or yields: a P
// is kept by being busy.
func offer(n int, now func() time.Duration) scene {
	var held, release atomic.Bool
	go func() {
		held.Store(true)
		for !release.Load() {
		}
	}()
	for !held.Load() {
	}

	s := scene{make([]int64, n), make([]time.Duration, n), make([]time.Duration, n)}
	var turn, ran atomic.Int64
	for i := range n {
		s.made[i] = now()
		go func() {
			s.began[i] = now()
			s.order[turn.Add(1)-1] = int64(i)
			ran.Add(1)
		}()
	}
	release.Store(true)
	for ran.Load() < int64(n) {
	}
	return s
}

const (
	ring   = 256      // places in a P's ring
	places = ring + 1 // and runnext
)

// shared reports whether number i went to the global queue: when the ring was full, its
// older half did, and the one for which there was no place. See scheduler/overflow.
func shared(i int64) bool { return i < ring/2 || i == ring }

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if ran := int64(len(seen.Order)); ran != seen.Made || ran == 0 {
		return experiment.Refuted("%d of %d goroutines ran", ran, seen.Made)
	}
	if first := seen.Order[0]; first != 0 {
		return experiment.Refuted("the idle P began with number %d and not with number 0", first)
	}
	const batch = ring/2 + 1
	stolen := slices.IndexFunc(seen.Order, func(i int64) bool { return !shared(i) })
	if stolen != batch {
		return experiment.Refuted("the idle P stole number %d when it had run %d of the %d from the global queue",
			seen.Order[max(stolen, 0)], stolen, batch)
	}
	if got, want := seen.Order[batch:], loot(seen.Made); !slices.Equal(got, want) {
		return experiment.Refuted("it did not steal by halves, and the one in runnext last: %v, not %v", got, want)
	}
	if !slices.Equal(seen.Order, seen.Model) {
		return experiment.Refuted("the order is not that of the model of the scheduler: %v", seen.Model)
	}
	return nil
}

// loot returns the order in which a thief runs what stayed with the P that made n
// goroutines. Of each haul it runs the last first, because that one need not be put on
// its own queue, and then the others.
func loot(n int64) (order []int64) {
	for _, haul := range hauls(n) {
		last := len(haul) - 1
		order = append(order, haul[last])
		order = append(order, haul[:last]...)
	}
	return order
}

// hauls returns what the thief takes at a time, each in the order of creation: the older
// half of the ring, again and again, and when nothing is left there, the one in runnext.
func hauls(n int64) (all [][]int64) {
	var left []int64
	for i := range n - 1 {
		if !shared(i) {
			left = append(left, i)
		}
	}
	for len(left) > 0 {
		half := len(left) - len(left)/2
		all = append(all, left[:half])
		left = left[half:]
	}
	return append(all, []int64{n - 1})
}
