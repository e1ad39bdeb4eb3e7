// Package loop asks: without asynchronous preemption, when does a loop that calls a small
// function give way?
//
// rounds.go has three loops, which differ in what they call. measure lets one run beside
// a goroutine that wants a turn, run does it with all three, model.go asks the model about
// them, check says which of them gives way, picture.go draws them. The page tells why.
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
	var times []time.Duration // of the turns
	var stop atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		for !stop.Load() {
			turns.Add(1)
			times = append(times, r.Since())
			runtime.Gosched()
		}
	})
	long := time.Duration(r.Knob("milliseconds")) * time.Millisecond
	var seen observed
	loops := []struct {
		name          string
		loop          rounds
		long          time.Duration
		turns, lasted *int64
		stint
	}{
		{name: "plain", loop: plain, long: long, turns: &seen.Plain, lasted: &seen.PlainLasted},
		{name: "leaf", loop: leaf, long: long, turns: &seen.Leaf, lasted: &seen.LeafLasted},
		// The one that can give way has more time for it: on a busy machine sysmon comes late.
		{name: "deep", loop: deep, long: 3 * long, turns: &seen.Deep, lasted: &seen.DeepLasted},
	}
	for i := range loops {
		l := &loops[i]
		l.stint = measure(l.loop, &turns, l.long, r.Since)
		*l.turns, *l.lasted = l.stint.turns, int64(l.stint.lasted)
	}
	stop.Store(true)
	wg.Wait()
	if seen.modelled, err = ask(ctx, long); err != nil {
		return err
	}
	r.Record(seen)
	p := newPicture(r)
	for _, l := range loops {
		p.show(l.name, l.stint, times)
	}
	return nil
}

// stint is one run of a loop.
type stint struct {
	turns         int64 // that the other goroutine had during it
	began, lasted time.Duration
}

// measure lets a loop make more and more rounds, until it lasts as long as wanted by the
// clock now, and returns the last of these runs. By its end it has been asked to give way
// several times: sysmon asks after 10 to 20 ms.
func measure(loop rounds, others *atomic.Int64, long time.Duration, now func() time.Duration) (s stint) {
	for n := int64(1 << 16); s.lasted < long; n *= 2 {
		runtime.Gosched() // a new time slice
		s.began = now()
		_, s.turns = loop(n, others)
		s.lasted = now() - s.began
	}
	return s
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
