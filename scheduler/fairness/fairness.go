// Package fairness asks: fifty goroutines compute in turns, and one more is woken from time
// to time. When it is woken, behind how many of the fifty does it wait?
//
// crowd.go is the program, latencies.go asks the runtime how long goroutines wait.
// model.go has the same program under other ways to schedule. run puts them side by
// side, picture.go draws some of the crowd, check says how they must compare. The page
// tells why.
package fairness

import (
	"context"
	"embed"
	"runtime/debug"
	"slices"
	"time"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that Go is fair to turns, and not to time: whoever is woken
// comes first, the others come round, and a turn is a turn however long it is.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/fairness",
	Question: "One P. Fifty goroutines compute for a moment and step aside, again and again. One more waits for a channel. When one of the fifty wakes it, behind how many of the others does it wait for its turn?",
	Choices: []experiment.Choice{
		{
			Text:    "Behind all of them: it joins the queue at its end, like everybody.",
			Because: "With one queue for all it would. In Go a goroutine that is woken goes into the slot in front of the queue of the one who woke it.",
		},
		{
			Text:    "Behind none of them.",
			True:    true,
			Because: "It goes into the runnext slot, so it runs as soon as the one who woke it stops. Not because it has had less than the others: nobody looks at that.",
		},
		{
			Text:    "Behind none of them, because it has used less of the processor than any of them.",
			Because: "The first half is right. But the runtime keeps no account of who has used how much: one of the fifty computes ten times as long in each turn, and has as many turns as the rest.",
		},
		{
			Text:    "Behind half of them on average: which of the ready ones runs is random.",
			Because: "Select draws lots, and so does a thread that looks for somebody to steal from. The queues themselves are queues.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "goroutines", Unit: "goroutines", Doc: "how many compute in turns", Default: 50, Min: 20, Max: 100},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=1"},
	Needs:    experiment.Needs{NoRace: "it makes the runtime put a woken goroutine into the slot or into the queue by the toss of a coin"},
	Files:    files,
}

// Passed counts the turns of anybody that began while one was ready. The lists have one
// element for each of the policies.
type observed struct {
	Goroutines   int64 `obs:"/goroutines/computing:goroutines"`
	Rounds       int64 `obs:"/goroutines/turns:turns"`        // that each wants
	GuestPassed  int64 `obs:"/guest/passed:turns"`            // the median
	GuestWaited  int64 `obs:"/guest/waited:nanoseconds"`      // the median
	OthersPassed int64 `obs:"/others/passed:turns"`           // the median
	OthersWaited int64 `obs:"/others/waited:nanoseconds"`     // the median
	Greedy       int64 `obs:"/greedy/turns:turns"`            // when the first of the others had had all
	Sampled      int64 `obs:"/sched/latencies/sampled:waits"` // what the runtime says about all of them
	Mean         int64 `obs:"/sched/latencies/mean:nanoseconds"`
	Longest      int64 `obs:"/sched/latencies/longest:nanoseconds"`

	Policies     []string `obs:"/model/policies:names"`
	ModelGuest   []int64  `obs:"/model/guest/passed:turns"` // the median
	ModelWorst   []int64  `obs:"/model/guest/worst:turns"`
	ModelOthers  []int64  `obs:"/model/others/passed:turns"` // the median
	ModelGreedy  []int64  `obs:"/model/greedy/turns:turns"`
	ModelMean    []int64  `obs:"/model/waits/mean:nanoseconds"`
	ModelLongest []int64  `obs:"/model/waits/longest:nanoseconds"`
}

var policies = []string{"go", "no-runnext", "global-fifo", "fair"}

func run(ctx context.Context, r *experiment.Recorder) error {
	debug.SetGCPercent(-1) // a collection would have turns too
	n := r.Knob("goroutines")
	seen := observed{Goroutines: int64(n), Rounds: rounds, Policies: policies}
	for _, policy := range policies {
		m, err := modelOf(ctx, n, policy)
		if err != nil {
			return err
		}
		seen.ModelGuest = append(seen.ModelGuest, m.guest)
		seen.ModelWorst = append(seen.ModelWorst, m.worst)
		seen.ModelOthers = append(seen.ModelOthers, m.other)
		seen.ModelGreedy = append(seen.ModelGreedy, m.greedy)
		seen.ModelMean = append(seen.ModelMean, m.mean)
		seen.ModelLongest = append(seen.ModelLongest, m.longest)
	}

	var c crowd
	l := latenciesOf(func() { c.run(n) })
	seen.GuestPassed, seen.GuestWaited = middle(c.guest)
	seen.OthersPassed, seen.OthersWaited = middle(slices.Concat(c.others...))
	seen.Greedy = c.greedy
	seen.Sampled, seen.Mean, seen.Longest = l.sampled, int64(l.mean), int64(l.longest)
	r.Record(seen)
	c.draw(r)
	return nil
}

// near is by how many turns two medians may differ: the poll of the global queue, every
// 61 starts, moves one goroutine ahead of the others, and when depends on what the
// program did before.
const near = 2

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	switch {
	case seen.GuestPassed > near:
		return experiment.Refuted("%d others had a turn before the one that was woken", seen.GuestPassed)
	case seen.GuestWaited*4 > seen.OthersWaited:
		return experiment.Refuted("the one that was woken waited for %v, those who stepped aside for %v",
			time.Duration(seen.GuestWaited), time.Duration(seen.OthersWaited))
	case distance(seen.OthersPassed, seen.Goroutines) > near:
		return experiment.Refuted("who stepped aside came back after %d turns, with %d goroutines", seen.OthersPassed, seen.Goroutines)
	case seen.Greedy < most(seen):
		return experiment.Refuted("the greedy one had %d turns while another had %d", seen.Greedy, seen.Rounds)
	case seen.Sampled == 0:
		return experiment.Refuted("the runtime measured no wait at all")
	}
	return checkModel(seen)
}

func checkModel(seen observed) error {
	under := func(policy string) (m modelled) {
		if i := slices.Index(seen.Policies, policy); i >= 0 {
			m.guest, m.worst, m.other = seen.ModelGuest[i], seen.ModelWorst[i], seen.ModelOthers[i]
			m.greedy, m.mean, m.longest = seen.ModelGreedy[i], seen.ModelMean[i], seen.ModelLongest[i]
		}
		return m
	}
	goes, fifo, fair := under("go"), under("global-fifo"), under("fair")
	switch {
	case distance(goes.guest, seen.GuestPassed) > near:
		return experiment.Refuted("with Go's rules, the model lets %d others go before the one that was woken", goes.guest)
	case distance(goes.other, seen.OthersPassed) > near:
		return experiment.Refuted("with Go's rules, in the model who stepped aside comes back after %d turns, in truth after %d", goes.other, seen.OthersPassed)
	case goes.greedy < most(seen):
		return experiment.Refuted("with Go's rules, the model gives the greedy one %d turns", goes.greedy)
	case seen.Mean < goes.mean/2: // a busy machine only makes it longer
		return experiment.Refuted("the runtime says that the mean wait was %v, the model says %v", time.Duration(seen.Mean), time.Duration(goes.mean))
	case fifo.guest < seen.Goroutines-near:
		return experiment.Refuted("with one queue for all, the model lets only %d go before the one that was woken", fifo.guest)
	case under("no-runnext").worst < seen.Goroutines/2:
		return experiment.Refuted("without the slot, the model never lets more than %d go before the one that was woken", under("no-runnext").worst)
	case fair.greedy > seen.Rounds/2:
		return experiment.Refuted("with fair shares, the model gives the greedy one %d turns", fair.greedy)
	case distance(goes.mean, fifo.mean) > goes.mean/4:
		return experiment.Refuted("the model's mean wait is %v with Go's rules and %v with one queue", time.Duration(goes.mean), time.Duration(fifo.mean))
	}
	return nil
}

// most is as many turns as the greedy one has at least if a turn is a turn.
func most(seen observed) int64 { return seen.Rounds * 3 / 4 }

func distance(a, b int64) int64 { return max(a-b, b-a) }
