// Package inherit asks: two goroutines play ping-pong over a channel. How long does a third
// one wait that only wanted to step aside?
//
// pairs.go has the two pairs beside which it waits: one plays, one yields. wait is the
// third goroutine, run records its waits, model.go those of the model, of which picture.go
// draws one, check says which of the pairs lets it in. The page tells why.
package inherit

import (
	"context"
	"embed"
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a chain of goroutines that wake each other shares one
// time slice, and that nobody comes in between before it is over.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/inherit",
	Question: "One P. Two goroutines play ping-pong over channels without a buffer; each runs for a fraction of a microsecond and blocks. A third one calls runtime.Gosched. How long does it wait for its next turn?",
	Choices: []experiment.Choice{
		{
			Text:    "A microsecond or so: when each of the two has had a turn, it is next.",
			Because: "That is how it is beside two goroutines that yield. But the two here do not stand in a queue at all: each is put into the runnext slot by the other, in front of everybody.",
		},
		{
			Text:    "Some 20 microseconds: every 61st start belongs to the global queue.",
			Because: "It does, but who comes out of runnext goes on in the time slice of the one before it, and that does not count as a start. The count stands still.",
		},
		{
			Text:    "At least 10 ms, and often several times as long: until the slice that the two share has been ended.",
			True:    true,
			Because: "To the scheduler the two are one goroutine with one time slice, which each inherits from the other. It ends when sysmon ends it, and sysmon may have to try more than once.",
		},
		{
			Text:    "For ever: the two always have each other, and never need the queue.",
			Because: "That is what would happen if each turn were a new slice: nobody would ever be old enough to be preempted. It is the reason for the inheritance.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "waits", Unit: "waits", Doc: "how often the third one waits beside each pair", Default: 7, Min: 5, Max: 15},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=1"},
	Needs:    experiment.Needs{NoRace: "it makes the runtime put a woken goroutine into the slot or into the queue by the toss of a coin"},
	Files:    files,
}

// Each list has one element a wait. Turns are those that the two others had meanwhile,
// together.
type observed struct {
	PlayersWaited  []int64 `obs:"/players/waited:nanoseconds"`
	PlayersTurns   []int64 `obs:"/players/turns:turns"`
	PlayersMedian  int64   `obs:"/players/median:nanoseconds"`
	YieldersWaited []int64 `obs:"/yielders/waited:nanoseconds"`
	YieldersTurns  []int64 `obs:"/yielders/turns:turns"`
	YieldersMedian int64   `obs:"/yielders/median:nanoseconds"`
	modelled
}

func run(ctx context.Context, r *experiment.Recorder) (err error) {
	// A collection would preempt too.
	debug.SetGCPercent(-1)

	n := r.Knob("waits")
	var seen observed
	seen.PlayersWaited, seen.PlayersTurns = wait(n, players)
	seen.YieldersWaited, seen.YieldersTurns = wait(n, yielders)
	seen.PlayersMedian = median(seen.PlayersWaited)
	seen.YieldersMedian = median(seen.YieldersWaited)
	var f film
	if seen.modelled, f, err = ask(ctx, n); err != nil {
		return err
	}
	r.Record(seen)
	f.draw(r)
	return nil
}

// wait yields n times beside two others, and returns for how many nanoseconds it was
// away each time, and how many turns the others had.
func wait(n int, others pair) (waited, turns []int64) {
	var had atomic.Int64
	stop := others(&had)
	defer stop()
	runtime.Gosched() // they have begun
	for range n {
		start, before := time.Now(), had.Load()
		runtime.Gosched()
		waited = append(waited, int64(time.Since(start)))
		turns = append(turns, had.Load()-before)
	}
	return waited, turns
}

func median(all []int64) int64 {
	return slices.Sorted(slices.Values(all))[len(all)/2]
}

const (
	// least is forcePreemptNS of runtime/proc.go, less what two clocks may differ by.
	least = 10*time.Millisecond - 100*time.Microsecond

	// many is far fewer than the turns that fit into 10 ms (tens of thousands), and far
	// more than the starts from one look at the global queue to the next.
	many = 500
)

// check looks at the median: once in a while the third one comes back at once, because
// the start of one of the others was the 61st.
func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	n := len(seen.PlayersWaited)
	if n == 0 || len(seen.PlayersTurns) != n || len(seen.YieldersTurns) != n {
		return experiment.Refuted("it had %d turns beside the players and %d beside the yielders", n, len(seen.YieldersTurns))
	}
	if m := time.Duration(median(seen.PlayersWaited)); m < least {
		return experiment.Refuted("beside the players it waited for %v, and their time slice has at least 10ms", m)
	}
	if m := median(seen.PlayersTurns); m < many {
		return experiment.Refuted("it was let in when the players had had %d turns", m)
	}
	if m := median(seen.YieldersTurns); m != 2 {
		return experiment.Refuted("beside two that yield, the others had %d turns while it waited, not one each", m)
	}
	return compare(seen)
}

// compare holds the medians against those of the model. The model's players never miss a
// request to give way, so a real wait can be longer than theirs. Not shorter: half as long
// is as much as a slice can lose that begins between two looks of sysmon.
func compare(seen observed) error {
	if len(seen.modelled.PlayersWaited) == 0 || len(seen.modelled.YieldersTurns) == 0 {
		return experiment.Refuted("in the model of the scheduler it was never let in")
	}
	waited, model := median(seen.PlayersWaited), median(seen.modelled.PlayersWaited)
	if waited < model/2 {
		return experiment.Refuted("beside the players it waited for %v, and in the model of the scheduler for %v",
			time.Duration(waited), time.Duration(model))
	}
	turns, model := median(seen.YieldersTurns), median(seen.modelled.YieldersTurns)
	if turns != model {
		return experiment.Refuted("beside two that yield, the others had %d turns while it waited, and in the model of the scheduler %d", turns, model)
	}
	return nil
}
