// Package handoff asks: a system call blocks, and another goroutine is ready. When does
// that one get the P?
//
// calls.go holds the three programs: fast calls, a call that blocks, and what a
// goroutine finds when its call returns. run measures them, model.go asks the model about
// the call that blocks, check judges. The page tells why.
package handoff

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

// Experiment is the claim that a P stays with a goroutine that enters a system call
// until sysmon takes it away, and that sysmon does so after a second look.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/handoff",
	Question: "One P. A goroutine makes another one ready and then blocks in a system call, for as long as you like. When does the other one start?",
	Choices: []experiment.Choice{
		{
			Text:    "At once: whoever enters a system call gives its P away at the door.",
			Because: "At the door nobody knows that the call will block, and most do not. The P stays where it is, and a call that returns quickly finds it there.",
		},
		{
			Text:    "When sysmon has seen the call at two of its looks: after some tens of microseconds, or after milliseconds if it has not been looking often.",
			True:    true,
			Because: "The thread sysmon looks at every P, at most every 20 µs and at least every 10 ms. A call that it meets twice is taken to block, and its P is given to another thread.",
		},
		{
			Text:    "When the call returns: with one P, only one thread can run.",
			Because: "One P means that one thread runs Go code. A thread in the kernel runs none, so its P can be used by another thread, and it is.",
		},
		{
			Text:    "After 10 ms: the call counts as running, and that is a time slice.",
			Because: "The slice is for goroutines that compute. It can hurry sysmon, but it is not what it waits for: a watchful sysmon takes the P of a call a hundred times sooner.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "spin", Unit: "ms", Doc: "how long the goroutine computes before the call, in the second series", Default: 30, Min: 0, Max: 200},
	},
	Run:      run,
	Check:    check,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=1"},
	Claims:   []string{"G9", "G10"},
	Files:    files,
}

type observed struct {
	Rounds     int64   `obs:"/fast/rounds:rounds"`   // each of fastCalls calls
	Kept       int64   `obs:"/fast/kept:rounds"`     // in which nobody else ran
	Fresh      []int64 `obs:"/handoff/fresh:ns"`     // from the call to the other one's start
	Tired      []int64 `obs:"/handoff/tired:ns"`     // likewise, after computing for a while
	ReturnIdle string  `obs:"/return/idle-p:name"`   // P with which the call came back; the P was idle
	ReturnBusy string  `obs:"/return/busy-p:name"`   // likewise; the P was running another goroutine
	Wake       int64   `obs:"/machine/oversleep:ns"` // median of sleeps that should take shortestLook
	modelled
}

const (
	fastRounds   = 20
	enoughRounds = 5 // if the machine is busy
	fastCalls    = 100

	// fastRound is more than a round of fast calls takes, some tens of microseconds: one
	// that took longer was interrupted.
	fastRound = 2 * time.Millisecond

	freshRounds = 20
	tiredRounds = 9
)

// shortestLook is the least time between two looks of sysmon (runtime/proc.go, Go 1.26).
const shortestLook = 20 * time.Microsecond

// tooSleepy is the time to wake up from a sleep of shortestLook from which on nothing
// is measured: the machine is so busy that sysmon does not get to look.
const tooSleepy = time.Millisecond

// awake looks whether threads wake up in time, keeps the longest median, and returns an
// error if it is too long. Other programs come and go: it is asked between the parts.
func (o *observed) awake() error {
	o.Wake = max(o.Wake, int64(oversleep()))
	if o.Wake > int64(tooSleepy) {
		return experiment.Unmet("the machine is too busy: sleeps of %v took %v", shortestLook, time.Duration(o.Wake))
	}
	return nil
}

func run(ctx context.Context, r *experiment.Recorder) error {
	debug.SetGCPercent(-1) // a collection would want the P too
	p, err := newPipe()
	if err != nil {
		return err
	}
	defer p.close()

	var seen observed
	if err := seen.awake(); err != nil {
		return err
	}
	for range 3 * fastRounds {
		start := r.Since()
		kept := p.fast(fastCalls)
		if r.Since()-start > fastRound {
			continue // the kernel kept the thread waiting, perhaps in the middle of a call
		}
		if seen.Rounds++; kept {
			seen.Kept++
		}
		if seen.Rounds == fastRounds {
			break
		}
	}
	if seen.Rounds < enoughRounds {
		return experiment.Unmet("the machine is too busy: only %d of %d rounds of fast calls took less than %v", seen.Rounds, 3*fastRounds, fastRound)
	}
	for range freshRounds {
		p.blocking() // after a hand-off sysmon looks every 20 µs again
		seen.Fresh = append(seen.Fresh, int64(p.blocking()))
	}
	if err := seen.awake(); err != nil {
		return err
	}
	spin := time.Duration(r.Knob("spin")) * time.Millisecond
	for range tiredRounds {
		compute(spin)
		seen.Tired = append(seen.Tired, int64(p.blocking()))
	}
	if err := seen.awake(); err != nil {
		return err
	}
	if seen.ReturnIdle, seen.ReturnBusy, err = p.returns(r); err != nil {
		return err
	}
	if seen.modelled, err = askAll(ctx, spin); err != nil {
		return err
	}
	r.Record(seen)
	return nil
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if 2*seen.Kept <= seen.Rounds {
		return experiment.Refuted("in %d of %d rounds of fast calls the other goroutine got the P", seen.Rounds-seen.Kept, seen.Rounds)
	}
	if len(seen.Fresh) == 0 || len(seen.Tired) == 0 {
		return experiment.Refuted("the other goroutine never started")
	}
	// Medians: a goroutine that is preempted just before its call starts the other one
	// without a hand-off, once in some hundred times on a busy machine.
	fresh, tired := time.Duration(median(seen.Fresh)), time.Duration(median(seen.Tired))
	switch {
	case fresh < shortestLook:
		return experiment.Refuted("the P was handed off after %v, sooner than sysmon can look twice", fresh)
	case fresh >= tired:
		return experiment.Refuted("it took %v when sysmon had just been busy and %v when it had not: no difference", fresh, tired)
	case seen.ReturnIdle == "":
		return experiment.Refuted("a call returned while its P was idle, and did not take it")
	case seen.ReturnBusy != "":
		return experiment.Refuted("a call returned with %s while another goroutine was running on it", seen.ReturnBusy)
	}
	return compare(seen.modelled, tired)
}

// compare holds the model against what was observed. On a busy machine everything takes
// longer than in the model, and nothing takes less; so a sysmon that has not been looking
// often must be slower than the model's that has.
func compare(m modelled, tired time.Duration) error {
	switch {
	case m.Fresh < int64(shortestLook) || len(m.Tired) == 0 || m.Fresh >= median(m.Tired):
		return experiment.Refuted("in the model of the scheduler it took %v when sysmon had just been busy and %v when it had not",
			time.Duration(m.Fresh), m.Tired)
	case int64(tired) < m.Fresh:
		return experiment.Refuted("it took %v when sysmon had not been busy, and in the model of the scheduler %v when it had",
			tired, time.Duration(m.Fresh))
	}
	return nil
}

func median(times []int64) int64 {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2]
}
