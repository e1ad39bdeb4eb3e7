// Package loop asks: without asynchronous preemption, when does a loop that calls a small
// function give way?
//
// rounds.go has three loops, which differ in what they call. measure lets one run beside
// a goroutine that wants a turn, run does it with all three, model.go asks the model about
// them, check says which of them gives way. The page tells why.
package loop

import (
	"context"
	"embed"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that before asynchronous preemption a loop could be stopped
// only at a call that looks at the stack, and that not every call does.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/loop",
	Question: "GODEBUG=asyncpreemptoff=1 takes preemption back to Go 1.13. One P. A loop runs for a tenth of a second and calls a small function in every round (it is not inlined). Another goroutine is runnable. When does it run?",
	Choices: []experiment.Choice{
		{
			Text:    "After 20 ms or so: sysmon preempts the loop.",
			Because: "sysmon asks it to give way, by a mark that functions look at when they begin. The small function does not look.",
		},
		{
			Text:    "At the next round: each call is a place where a goroutine gives way.",
			Because: "A call of a function that checks the stack is, and only once it has been asked. A small function that calls nothing needs no check of the stack, so it has none.",
		},
		{
			Text:    "When the loop is over.",
			True:    true,
			Because: "The check of the stack at the beginning of a function is the only place where the loop could notice that it should give way, and the compiler leaves it out of small functions that call nothing.",
		},
		{
			Text:    "Never: the program hangs.",
			Because: "Not this one, its loop ends. One that does not end would have hung for ever, and collections with it. That is why asynchronous preemption was made.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "milliseconds", Unit: "milliseconds", Doc: "how long a loop lasts at least if nobody stops it", Default: 100, Min: 50, Max: 300},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=1", "GODEBUG=asyncpreemptoff=1"},
	Needs:    experiment.Needs{NoRace: "it puts calls into every loop"},
	Claims:   []string{"G13"},
	Files:    files,
}

// Turns are those that the other goroutine had while the loop was running.
type observed struct {
	Plain       int64 `obs:"/plain/turns:turns"` // the loop without calls
	PlainLasted int64 `obs:"/plain/lasted:nanoseconds"`
	Leaf        int64 `obs:"/leaf/turns:turns"` // with a call of a small function
	LeafLasted  int64 `obs:"/leaf/lasted:nanoseconds"`
	Deep        int64 `obs:"/deep/turns:turns"` // with a call of a function that calls another
	DeepLasted  int64 `obs:"/deep/lasted:nanoseconds"`

	modelled
}

func run(ctx context.Context, r *experiment.Recorder) (err error) {
	// A collection could not begin while a loop runs: it would wait for it too.
	debug.SetGCPercent(-1)

	var turns atomic.Int64
	var stop atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		for !stop.Load() {
			turns.Add(1)
			runtime.Gosched()
		}
	})
	long := time.Duration(r.Knob("milliseconds")) * time.Millisecond
	var seen observed
	for _, l := range []struct {
		loop          rounds
		long          time.Duration
		turns, lasted *int64
	}{
		{plain, long, &seen.Plain, &seen.PlainLasted},
		{leaf, long, &seen.Leaf, &seen.LeafLasted},
		// The one that can give way has more time for it: on a busy machine sysmon comes late.
		{deep, 3 * long, &seen.Deep, &seen.DeepLasted},
	} {
		had, lasted := measure(l.loop, &turns, l.long)
		*l.turns, *l.lasted = had, int64(lasted)
	}
	stop.Store(true)
	wg.Wait()
	if seen.modelled, err = ask(ctx, long); err != nil {
		return err
	}
	r.Record(seen)
	return nil
}

// measure lets a loop make more and more rounds, until it lasts as long as wanted, and
// returns how many turns another goroutine had during the last of these runs. By then
// it has been asked to give way several times: sysmon asks after 10 to 20 ms.
func measure(loop rounds, others *atomic.Int64, long time.Duration) (turns int64, lasted time.Duration) {
	for n := int64(1 << 16); lasted < long; n *= 2 {
		runtime.Gosched() // a new time slice
		start := time.Now()
		_, turns = loop(n, others)
		lasted = time.Since(start)
	}
	return turns, lasted
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	switch {
	case seen.Plain != 0:
		return experiment.Refuted("the loop without calls gave way %d times in %v", seen.Plain, time.Duration(seen.PlainLasted))
	case seen.Leaf != 0:
		return experiment.Refuted("the loop with a call of a small function gave way %d times in %v", seen.Leaf, time.Duration(seen.LeafLasted))
	case seen.Deep == 0:
		return experiment.Refuted("even a call of a function that checks the stack did not make the loop give way in %v", time.Duration(seen.DeepLasted))
	case seen.modelled.Deaf != 0 || seen.modelled.Hears == 0:
		return experiment.Refuted("in the model of the scheduler the loop that does not look gave way %d times, and the one that looks %d times",
			seen.modelled.Deaf, seen.modelled.Hears)
	case seen.modelled.Signals == 0:
		return experiment.Refuted("in the model of the scheduler not even signals made the loop give way")
	}
	return nil
}
