// Package overflow asks: a run queue has places for 257 goroutines. Which of 300 that are
// created in a row runs last?
//
// create is the program, run records the order in which it executes for three sizes:
// as many as there are places, one more, and as many as the knob says. order.go says
// what the order must be, model.go what the model makes of it, picture.go draws the last
// of the three. The page tells why.
package overflow

import (
	"context"
	"embed"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a full ring gives its older half, and the goroutine
// that found no place, to the global queue.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/overflow",
	Question: "One P. A goroutine creates 300 others in a row, numbered 0 to 299, and then waits for them. The local run queue has places for 257: a ring of 256, and runnext. Number 299 runs first. Which one runs last?",
	Choices: []experiment.Choice{
		{
			Text:    "298: behind the newest, the others run in the order of their creation.",
			Because: "So it is with ten, and so it is with 257. With 258 there is no place left in the ring, and from then on not all of them are in one queue.",
		},
		{
			Text:    "299 comes last after all, or one near it: those who find no place must wait in the global queue.",
			Because: "A newcomer always finds a place: runnext. It is others that have to leave, and they leave in a batch, so that the lock of the global queue is taken once and not for each.",
		},
		{
			Text:    "127: half of the full ring, the 128 oldest, moves to the global queue, which is looked at last.",
			Because: "Nearly. Numbers 0 to 127 move, in this order. But one more goes with them, at the end of the batch.",
		},
		{
			Text:    "256: the 128 oldest move to the global queue, and behind them the one for which there was no place.",
			True:    true,
			Because: "Number 257 takes the runnext slot and pushes 256 out, to the ring. The ring is full: 0 to 127 move to the global queue, and 256 with them. It is the last of the 129.",
		},
	},
	Knobs: []experiment.Knob{
		// With 387 the ring is full a second time.
		{Name: "goroutines", Unit: "goroutines", Doc: "how many are created", Default: 300, Min: 2, Max: 386},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=1"},
	Needs:    experiment.Needs{NoRace: "it makes the runtime shuffle what it puts on a queue"},
	Claims:   []string{"G3", "G5"},
	Files:    files,
}

// Orders are by number, first to run first.
type observed struct {
	Created int64   `obs:"/goroutines/created:goroutines"`
	Full    []int64 `obs:"/full/order:goroutines"`       // of 257
	OneMore []int64 `obs:"/one-more/order:goroutines"`   // of 258
	Order   []int64 `obs:"/goroutines/order:goroutines"` // of as many as the knob says
	Last    int64   `obs:"/goroutines/last:number"`      // who ran last of them

	// As the model has them.
	ModelOneMore []int64 `obs:"/model/one-more:goroutines"`
	ModelOrder   []int64 `obs:"/model/order:goroutines"`
}

func run(ctx context.Context, r *experiment.Recorder) error {
	// A collection would put its own workers on the queue.
	debug.SetGCPercent(-1)

	seen := observed{Created: int64(r.Knob("goroutines"))}
	var last scene
	attempt := func() time.Duration {
		start := r.Since()
		seen.Full = create(places, r.Since).order
		seen.OneMore = create(places+1, r.Since).order
		last = create(int(seen.Created), r.Since)
		return r.Since() - start
	}
	attempt() // the first time, goroutines and their stacks are fetched from the system
	if err := r.Undisturbed(attempt); err != nil {
		return err
	}
	seen.Order = last.order
	seen.Last = seen.Order[len(seen.Order)-1]
	model, err := modelled(ctx, seen.Full, seen.OneMore, seen.Order)
	if err != nil {
		return err
	}
	seen.ModelOneMore, seen.ModelOrder = model[1], model[2]
	r.Record(seen)
	draw(r, last)
	return nil
}

// create starts n goroutines in a row on an empty queue, waits for all of them, and
// returns the order in which they ran and when, by the clock now.
func create(n int, now func() time.Duration) scene {
	experiment.Settle()
	s := scene{make([]int64, n), make([]time.Duration, n), make([]time.Duration, n)}
	var turn atomic.Int64
	var wg sync.WaitGroup
	for i := range n {
		s.born[i] = now()
		wg.Go(func() {
			s.began[i] = now()
			s.order[turn.Add(1)-1] = int64(i)
		})
	}
	wg.Wait()
	return s
}
