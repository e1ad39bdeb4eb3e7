// Package pinned asks: what does runtime.LockOSThread give a goroutine, and what does
// it cost?
//
// rally.go lets two goroutines play a ball to each other, locked to threads or not.
// run counts on which threads they were seen and how often the kernel had to switch,
// model.go how often the model has to, check judges, picture.go draws how the model does
// it. The page tells why.
package pinned

import (
	"context"
	"embed"
	"time"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a locked goroutine has one thread, to itself, and that
// every switch to it is a switch of threads.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/pinned",
	Question: "One P. Two goroutines wake each other in turn, 10,000 times. Then the same again, but each of them has called runtime.LockOSThread. How often does a thread go to sleep in the kernel, the second time?",
	Choices: []experiment.Choice{
		{
			Text:    "Hardly ever, as the first time: the lock only matters to code that looks at the thread.",
			Because: "The lock is kept by not running the goroutine anywhere else. The thread that holds the P cannot run it: it has to wake the right thread, and sleep itself.",
		},
		{
			Text:    "About 10,000 times: at each turn the P goes from one of the two threads to the other.",
			Because: "It does not go directly. A locked thread whose goroutine waits may not look for work, so the P goes to a third thread, and that one finds out whose turn it is.",
		},
		{
			Text:    "About 20,000 times: at each turn the P goes from one thread to the other by way of a third.",
			True:    true,
			Because: "The thread of a goroutine that waits gives its P to an unlocked thread and sleeps. That one picks the other goroutine, gives the P to its thread, and sleeps too.",
		},
		{
			Text:    "Never: locked goroutines stay on their threads, so there is nothing to switch.",
			Because: "They stay, but there is one P, which must move between the two threads at each turn. It is the unlocked ones that share a thread.",
		},
		{
			Text:    "The program hangs: with one P, only one of them can be locked.",
			Because: "A goroutine is locked to a thread, not to a P. There may be any number of such threads; they take turns with the P, as all threads do.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "turns", Unit: "turns", Doc: "how often the ball is played", Default: 10_000, Min: 1000, Max: 100_000},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=1"},
	Needs:    experiment.Needs{Linux: true},
	Files:    files,
}

type observed struct {
	Turns         int64   `obs:"/rally/turns:turns"`
	FreeSleeps    int64   `obs:"/free/sleeps:sleeps"` // of threads in the kernel, while the unlocked ones played
	FreeTime      float64 `obs:"/free/turn:ns"`       // mean
	LockedSleeps  int64   `obs:"/locked/sleeps:sleeps"`
	LockedTime    float64 `obs:"/locked/turn:ns"`
	Ratio         float64 `obs:"/locked/price:locked/free"` // of the times
	LockedThreads []int64 `obs:"/locked/threads:threads"`   // on how many each of the two was seen
	Shared        int64   `obs:"/locked/shared:threads"`    // on which others were seen too
	ModelFree     int64   `obs:"/model/free:wakes"`         // of threads of the model, while the unlocked ones played
	ModelLocked   int64   `obs:"/model/locked:wakes"`
}

func run(ctx context.Context, r *experiment.Recorder) error {
	turns := r.Knob("turns")
	seen := observed{Turns: int64(turns)}
	rally(1000, false) // fetch the stacks
	free, err := measure(func() { rally(turns, false) })
	if err != nil {
		return err
	}
	seen.FreeSleeps, seen.FreeTime = free.sleeps, perTurn(free.took, turns)
	locked, err := measure(func() { rally(turns, true) })
	if err != nil {
		return err
	}
	seen.LockedSleeps, seen.LockedTime = locked.sleeps, perTurn(locked.took, turns)
	seen.Ratio = float64(int(10*seen.LockedTime/seen.FreeTime)) / 10
	seen.LockedThreads, seen.Shared = visits()
	var films [2]*film
	if seen.ModelFree, films[0], err = wakes(ctx, turns, false); err != nil {
		return err
	}
	if seen.ModelLocked, films[1], err = wakes(ctx, turns, true); err != nil {
		return err
	}
	r.Record(seen)
	draw(r, films[:]...)
	return nil
}

func perTurn(d time.Duration, turns int) float64 {
	return float64(d.Nanoseconds() / int64(turns))
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	for _, n := range seen.LockedThreads {
		if n != 1 {
			return experiment.Refuted("a locked goroutine was seen on %d threads", n)
		}
	}
	// The kernel can be spared a sleep: who is woken before it has quite gone to sleep
	// does not. And sysmon sleeps too, whoever plays.
	switch {
	case len(seen.LockedThreads) == 0:
		return experiment.Refuted("no locked goroutine was seen on any thread")
	case seen.Shared != 0:
		return experiment.Refuted("other goroutines were seen on the threads of %d locked ones", seen.Shared)
	case seen.LockedSleeps <= seen.Turns:
		return experiment.Refuted("in %d turns of locked goroutines, threads slept %d times", seen.Turns, seen.LockedSleeps)
	case seen.FreeSleeps > seen.LockedSleeps/4:
		return experiment.Refuted("threads slept %d times for the unlocked goroutines, and %d times for the locked ones",
			seen.FreeSleeps, seen.LockedSleeps)
	case seen.LockedSleeps < seen.ModelLocked/2 || seen.LockedSleeps > 2*seen.ModelLocked:
		return experiment.Refuted("threads slept %d times for the locked goroutines, and in the model of the scheduler %d",
			seen.LockedSleeps, seen.ModelLocked)
	case seen.ModelFree > seen.ModelLocked/4:
		return experiment.Refuted("in the model of the scheduler, threads slept %d times for the unlocked goroutines, and %d times for the locked ones",
			seen.ModelFree, seen.ModelLocked)
	}
	return nil
}
