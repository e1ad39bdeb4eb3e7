// Package stealing asks: one P has goroutines waiting and is busy, the other P has
// nothing to do. Which goroutines does it take, and how many at a time?
//
// scene.go sets up the two scenes: one victim, and two of which the thief can choose.
// moves.go reads from a trace who ran where. order is the law that check compares with,
// model.go what the model makes of the first scene. The page tells why.
package stealing

import (
	"bytes"
	"context"
	"embed"
	"runtime"
	"runtime/debug"
	"runtime/trace"
	"slices"
	"time"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that an idle P takes the older half of another P's ring at a
// time, and the goroutine in runnext last.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/stealing",
	Question: "Two Ps. On the first, a goroutine has created 17 others, numbered 0 to 16, and keeps its P busy. Now the second P has nothing to do, and steals. In which order do the 17 run?",
	Choices: []experiment.Choice{
		{
			Text:    "0 1 2 3 ... 16: it takes one at a time from the head of the queue.",
			Because: "It takes half of what it finds, so that it need not come back soon. And of such a batch it runs the last one first.",
		},
		{
			Text:    "16, then 0 1 2 ... 15, as the first P itself would run them.",
			Because: "Number 16 is in runnext. That slot is what a thief leaves alone as long as it finds anything else.",
		},
		{
			Text:    "7, then 0 to 6; 11, then 8 to 10; 13 12 14 15 16.",
			True:    true,
			Because: "Half of the 16 in the ring, of which the last runs first; half of the remaining 8; and so on. The one in runnext is taken when nothing else is left.",
		},
		{
			Text:    "16 15 14 ... 0: a thief takes from the tail, so as not to get in the owner's way.",
			Because: "Many schedulers that steal do so. In Go owner and thief both take from the head, the older end, and settle it by a compare-and-swap.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "goroutines", Unit: "goroutines", Doc: "how many are created", Default: 17, Min: 1, Max: 257},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=2"},
	Needs:    experiment.Needs{Cores: 2, NoRace: "it makes the runtime put new goroutines on the queue in random order"},
	Claims:   []string{"G6"},
	Files:    files,
}

type observed struct {
	Created int64   `obs:"/goroutines/created:goroutines"`
	Order   []int64 `obs:"/goroutines/order:goroutines"`  // by number, first to run first
	Stolen  int64   `obs:"/goroutines/stolen:goroutines"` // that ran on a P which did not create them
	Victims []int64 `obs:"/victims/order:victims"`        // which of two victims was robbed first, 0 or 1, in each round

	ModelOrder  []int64 `obs:"/model/order:goroutines"`
	ModelStolen int64   `obs:"/model/stolen:goroutines"`
}

// choices is how often the thief may choose between two victims. If it is a toss of a
// coin, all come out the same once in 2^29 runs.
const choices = 30

func run(ctx context.Context, r *experiment.Recorder) error {
	debug.SetGCPercent(-1) // a collection would put workers on idle Ps
	n := r.Knob("goroutines")
	seen := observed{Created: int64(n)}
	var raw bytes.Buffer
	err := r.Undisturbed(func() time.Duration {
		raw.Reset()
		if err := trace.Start(&raw); err != nil {
			return 0 // found out below: there will be no trace to read
		}
		defer trace.Stop()
		var took time.Duration
		seen.Order, took = oneVictim(n)
		return took
	})
	if err != nil {
		return err
	}
	if seen.Stolen, err = moves(r, &raw, n); err != nil {
		return err
	}
	if seen.ModelOrder, seen.ModelStolen, err = modelled(ctx, n); err != nil {
		return err
	}
	runtime.GOMAXPROCS(3)
	if seen.Victims, err = whom(ctx, choices); err != nil {
		return err
	}
	r.Record(seen)
	return nil
}

// whom lets the thief choose so many times. A round that was disturbed is made again.
func whom(ctx context.Context, rounds int) (first []int64, err error) {
	for range 10 * rounds {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if victim, took := twoVictims(); took < experiment.Slice {
			first = append(first, victim)
		}
		if len(first) == rounds {
			return first, nil
		}
	}
	return nil, experiment.Unmet("the machine is too busy: %d rounds of %d took longer than %v", 10*rounds-len(first), 10*rounds, experiment.Slice)
}

// order returns the order in which n goroutines run that were created in a row on a P
// which is busy, when another P steals all of them.
func order(n int) []int64 {
	var ran []int64
	ring := make([]int64, n-1) // the newest is in runnext
	for i := range ring {
		ring[i] = int64(i)
	}
	for len(ring) > 0 {
		half := len(ring) - len(ring)/2
		batch := ring[:half]
		ran = append(ran, batch[half-1])
		ran = append(ran, batch[:half-1]...)
		ring = ring[half:]
	}
	return append(ran, int64(n-1))
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if seen.Stolen != seen.Created {
		return experiment.Refuted("%d of %d goroutines ran on another P than the one that created them", seen.Stolen, seen.Created)
	}
	if want := order(int(seen.Created)); !slices.Equal(want, seen.Order) {
		return experiment.Refuted("they ran in the order %v, not %v", seen.Order, want)
	}
	if !slices.Equal(seen.Order, seen.ModelOrder) || seen.Stolen != seen.ModelStolen {
		return experiment.Refuted("%d were stolen and the order was %v, and the model of the scheduler says %d and %v",
			seen.Stolen, seen.Order, seen.ModelStolen, seen.ModelOrder)
	}
	if len(seen.Victims) < choices {
		return experiment.Refuted("nothing was stolen in %d of %d rounds", choices-len(seen.Victims), choices)
	}
	if slices.Min(seen.Victims) == slices.Max(seen.Victims) {
		return experiment.Refuted("%d times the thief robbed the same one of two victims first", len(seen.Victims))
	}
	return nil
}
