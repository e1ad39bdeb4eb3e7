// Package netpoll asks: a thousand goroutines wait for channels, a hundred for the
// network, a dozen in system calls. How many threads does that take?
//
// waiters.go makes the three sorts wait, count.go asks the kernel for the threads and
// the runtime for the goroutines, model.go asks the model how many threads it would have.
// run does one sort after the other, picture.go draws some of each, check judges what
// each added. The page tells why.
package netpoll

import (
	"context"
	"embed"
	"errors"
	"runtime/debug"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that only a system call that blocks holds a thread.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/netpoll",
	Question: "A program has 1,000 goroutines blocked on a channel, then also 100 blocked in a read from a TCP connection, then also 12 blocked in a read from a pipe by a plain system call. Which of these groups takes threads?",
	Choices: []experiment.Choice{
		{
			Text:    "All three: what blocks needs a thread to block in, so 1,112 threads and a few.",
			Because: "That is how threads block. A goroutine is parked by the Go scheduler, which is not the kernel's: it is put aside, and its thread runs another one.",
		},
		{
			Text:    "The connections and the pipe: both wait in the kernel, 112 threads.",
			Because: "The read of a connection is a system call, but one that never blocks: when there is nothing to read it says so, and the goroutine is parked until the poller wakes it.",
		},
		{
			Text:    "Only the pipe: 12 threads.",
			True:    true,
			Because: "These twelve sit in the kernel, each in a thread which can do nothing else. The others wait in a queue of a channel, or with the poller, and hold no thread.",
		},
		{
			Text:    "None: there are never more threads than GOMAXPROCS.",
			Because: "GOMAXPROCS limits the threads that run Go code at one time. A thread in a system call does not count, so there can be any number of those, up to 10,000.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "receivers", Unit: "goroutines", Doc: "how many wait for a channel", Default: 1000, Min: 20, Max: 20_000},
		{Name: "connections", Unit: "goroutines", Doc: "how many wait for the network", Default: 100, Min: 20, Max: 400},
		{Name: "calls", Unit: "goroutines", Doc: "how many wait in a system call", Default: 12, Min: 8, Max: 30},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=2"},
	Needs:    experiment.Needs{Linux: true},
	Claims:   []string{"G11"},
	Files:    files,
}

type observed struct {
	Receivers   int64 `obs:"/waiting/channel:goroutines"`
	Connections int64 `obs:"/waiting/network:goroutines"`
	Calls       int64 `obs:"/waiting/call:goroutines"`
	Start       int64 `obs:"/threads/start:threads"`        // before anybody waits
	AtChannel   int64 `obs:"/threads/with-channel:threads"` // when the receivers wait too
	Connected   int64 `obs:"/threads/connected:threads"`    // with the connections made: dialling may take threads
	AtNetwork   int64 `obs:"/threads/with-network:threads"` // when the readers of connections wait too
	AtCall      int64 `obs:"/threads/with-call:threads"`    // when those in system calls wait too

	modelled
}

func run(ctx context.Context, r *experiment.Recorder) (err error) {
	debug.SetGCPercent(-1) // a collection has goroutines of its own, which come and go
	seen := observed{
		Receivers: int64(r.Knob("receivers")), Connections: int64(r.Knob("connections")), Calls: int64(r.Knob("calls")),
	}
	p := &picture{now: r.Since}
	count := func(into *int64) {
		if err == nil {
			*into, err = threads()
		}
		if err == nil {
			err = p.look()
		}
	}
	count(&seen.Start)

	hall, end := receivers(int(seen.Receivers), p.sort(timeline.Waiting, "channel"))
	defer end()
	if err := hall.full(ctx); err != nil {
		return err
	}
	count(&seen.AtChannel)

	link, err2 := connect(int(seen.Connections))
	if err2 != nil {
		return errors.Join(err, err2)
	}
	defer link.close()
	count(&seen.Connected)
	hall = link.readers(p.sort(timeline.Waiting, "network"))
	if err := hall.full(ctx); err != nil {
		return err
	}
	count(&seen.AtNetwork)

	hall, release, err2 := callers(int(seen.Calls), p.sort(timeline.Syscall, "read from pipe"))
	if err2 != nil {
		return errors.Join(err, err2)
	}
	defer release()
	if err := hall.full(ctx); err != nil {
		return err
	}
	count(&seen.AtCall)
	if err != nil {
		return err
	}
	seen.modelled, err = ask(ctx, int(seen.Receivers), int(seen.Connections), int(seen.Calls))
	if err != nil {
		return err
	}
	r.Record(seen)
	p.draw(r)
	return nil
}

// few is how many threads the runtime may add for reasons of its own: one for each of
// two Ps, one to poll, and the like. The groups are larger.
const few = 6

// inGo is how many threads are in no call meanwhile: that which counts, and sysmon.
const inGo = 2

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if added := seen.AtChannel - seen.Start; added > few {
		return experiment.Refuted("%d goroutines that wait for a channel added %d threads", seen.Receivers, added)
	}
	if added := seen.AtNetwork - seen.Connected; added > few {
		return experiment.Refuted("%d goroutines that wait for the network added %d threads", seen.Connections, added)
	}
	if seen.AtCall < seen.Calls+inGo {
		return experiment.Refuted("%d goroutines are in system calls, and there are only %d threads", seen.Calls, seen.AtCall)
	}
	if added := seen.AtCall - seen.AtNetwork; added > seen.Calls+few {
		return experiment.Refuted("%d goroutines in system calls added %d threads", seen.Calls, added)
	}
	m := seen.modelled
	for _, group := range []struct {
		who         string
		added, want int64
	}{
		{"the network", seen.AtNetwork - seen.Connected, m.AtNetwork - m.AtChannel},
		{"system calls", seen.AtCall - seen.AtNetwork, m.AtCall - m.AtNetwork},
	} {
		if group.added > group.want+few {
			return experiment.Refuted("those that wait in %s added %d threads, and in the model of the scheduler %d",
				group.who, group.added, group.want)
		}
	}
	return nil
}
