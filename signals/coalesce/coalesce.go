// Package coalesce asks: a thousand signals of one kind are sent to a process. How
// many arrive?
//
// receiver is the process that counts, run sends to it twice: while it is stopped, so
// that all wait in the kernel together, and while it runs. isPending reads from the
// kernel what waits. check says what must arrive. The page tells why.
package coalesce

import (
	"context"
	"embed"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/procfs"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a standard signal which is pending already is not made
// pending again.
var Experiment = &experiment.Experiment{
	ID:       "signals/coalesce",
	Question: "A process is stopped. 1,000 SIGUSR1 are sent to it, every one without an error; then it is continued. It counts what arrives. How many?",
	Choices: []experiment.Choice{
		{
			Text:    "1,000: each was sent, and no error was reported.",
			Because: "kill succeeds when the signal has been made pending, and also when it was pending already. It does not say which.",
		},
		{
			Text:    "1: the kernel remembers that the signal was sent, not how often.",
			True:    true,
			Because: "For a standard signal the kernel keeps one bit. A bit that is set cannot be set again: 999 sends change nothing.",
		},
		{
			Text:    "0: a stopped process receives nothing.",
			Because: "It handles nothing while it is stopped. What was sent stays pending and is delivered when it goes on.",
		},
		{
			Text:    "A few, a different number each time: as many as the process keeps up with.",
			Because: "That is what happens to a process that is running, see the second count. One that is stopped takes none in between, so all sends meet one bit.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "signals", Unit: "signals", Doc: "how many are sent each time", Default: 1000, Min: 1, Max: 100_000},
	},
	Run:     run,
	Actors:  map[string]experiment.Body{"receiver": receiver},
	Check:   check,
	AnyKnob: true,
	Needs:   experiment.Needs{Linux: true},
	Claims:  []string{"S4"},
	Files:   files,
}

type observed struct {
	Sent    int64 `obs:"/sent:signals"`             // each time, all without an error
	Pending int64 `obs:"/stopped/pending:signals"`  // in the kernel, after all were sent
	Stopped int64 `obs:"/stopped/received:signals"` // recorded by the receiver
	Running int64 `obs:"/running/received:signals"` // likewise
}

// counted is the signal that is counted, marker the one that asks for the count.
const (
	counted = syscall.SIGUSR1
	marker  = syscall.SIGUSR2
)

// forms are the two ways in which the receiver takes the signals.
var forms = []string{"stopped", "running"}

// receiver counts until the marker arrives, once for each form.
func receiver(_ context.Context, r *experiment.Recorder) error {
	// Room for all of them: the channel must not be what loses signals.
	got := make(chan os.Signal, r.Knob("signals")+1)
	signal.Notify(got, counted, marker)
	defer signal.Stop(got)
	r.Mark("ready")
	for _, form := range forms {
		count := 0
		for s := range got {
			if s == marker {
				break
			}
			if count++; count == 1 {
				r.Mark(form + "-began")
			}
		}
		r.Value("/"+form+"/received:signals", count)
	}
	return nil
}

func run(ctx context.Context, r *experiment.Recorder) error {
	to, err := r.Start(ctx, "receiver")
	if err != nil {
		return err
	}
	err = converse(ctx, r, to)
	_, ended := to.Wait()
	if err != nil {
		return err
	}
	return ended
}

// converse sends to the receiver in both forms. Every step waits for an answer, none
// for a time.
func converse(ctx context.Context, r *experiment.Recorder, to *experiment.Actor) (err error) {
	defer func() {
		if err != nil {
			_ = to.Signal(syscall.SIGKILL)
		}
	}()
	n := r.Knob("signals")
	r.Value("/sent:signals", n)
	if _, err := to.Await(ctx, "ready"); err != nil {
		return err
	}
	for _, form := range forms {
		if form == "stopped" {
			if err := to.Signal(syscall.SIGSTOP); err != nil {
				return err
			}
			if err := to.WaitStopped(ctx); err != nil {
				return err
			}
			process(r, timeline.Running, timeline.Stopped)
		}
		for range n {
			if err := to.Signal(counted); err != nil {
				return err
			}
		}
		flow(r, form, "sender", timeline.Sent, n)
		if form == "stopped" {
			if err := resume(r, to); err != nil {
				return err
			}
		}
		received, err := count(ctx, form, to)
		if err != nil {
			return err
		}
		flow(r, form, lossAt[form], timeline.Dropped, n-received)
		flow(r, form, "channel", timeline.Delivered, received)
	}
	return nil
}

// lossAt is where signals must have been lost: those for a stopped process never got
// into the kernel's one bit; those for a running one met that bit or the runtime's.
var lossAt = map[string]string{"stopped": "kernel", "running": "kernel-or-runtime"}

// resume notes what waits in the kernel and lets the receiver go on.
func resume(r *experiment.Recorder, to *experiment.Actor) error {
	waits, err := isPending(to.PID(), counted)
	if err != nil {
		return err
	}
	pending := 0
	if waits {
		pending = 1
	}
	r.Value("/stopped/pending:signals", pending)
	flow(r, "stopped", "kernel", timeline.Pending, pending)
	if err := to.Signal(syscall.SIGCONT); err != nil {
		return err
	}
	process(r, timeline.Stopped, timeline.Running)
	return nil
}

// count asks the receiver for its count. The marker is sent when the first signal has
// arrived and none is pending any more, so that it cannot overtake.
func count(ctx context.Context, form string, to *experiment.Actor) (int, error) {
	if _, err := to.Await(ctx, form+"-began"); err != nil {
		return 0, err
	}
	for {
		waits, err := isPending(to.PID(), counted)
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return 0, err
		}
		if !waits {
			break
		}
		runtime.Gosched()
	}
	if err := to.Signal(marker); err != nil {
		return 0, err
	}
	v, err := to.Await(ctx, "/"+form+"/received:signals")
	if err != nil {
		return 0, err
	}
	received, ok := v.(int64)
	if !ok {
		return 0, fmt.Errorf("receiver counted %v", v)
	}
	return int(received), nil
}

// isPending reports whether the kernel holds the signal for the process.
func isPending(pid int, s syscall.Signal) (bool, error) {
	status, err := procfs.Process(pid)
	return status.Shared.Has(s), err
}

func process(r *experiment.Recorder, from, to timeline.State) {
	r.Event(timeline.Event{
		At: r.Since(), Provenance: timeline.Observed,
		Subject: timeline.Subject{Kind: timeline.Process, ID: "receiver"}, From: from, To: to,
	})
}

// flow draws signals arriving at a layer, or being lost there. That they were lost is
// inferred: they were sent and did not arrive.
func flow(r *experiment.Recorder, form, layer string, to timeline.State, count int) {
	how := timeline.Observed
	if to == timeline.Dropped {
		how = timeline.Inferred
	}
	r.Event(timeline.Event{
		At: r.Since(), Provenance: how,
		Subject: timeline.Subject{Kind: timeline.Signal, ID: "SIGUSR1/" + form + "/" + layer}, To: to,
		Attrs: []timeline.Attr{{Key: "count", Value: fmt.Sprint(count)}},
	})
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	switch {
	case seen.Pending != 1:
		return experiment.Refuted("%d were sent to the stopped process, and the kernel had none pending", seen.Sent)
	case seen.Stopped != 1:
		return experiment.Refuted("%d of %d arrived at the process that was stopped, not 1", seen.Stopped, seen.Sent)
	case seen.Running < 1 || seen.Running > seen.Sent:
		return experiment.Refuted("%d of %d arrived at the process that was running", seen.Running, seen.Sent)
	}
	return nil
}
