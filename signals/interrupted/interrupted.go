// Package interrupted asks: a thread waits in a system call, and a signal arrives whose
// handler was installed with SA_RESTART. Does the call go on?
//
// calls_linux.go lists the calls, one entry each. thread_linux.go waits in a call and sees
// what becomes of it. waiter (waiter_linux.go) puts all calls through three things: a
// signal that is caught, one that is ignored, and the runtime's own. check compares with
// the list. The page tells why.
package interrupted

import (
	"context"
	"embed"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that SA_RESTART restarts calls that wait for something, and not
// those that wait for a time.
var Experiment = &experiment.Experiment{
	ID:       "signals/interrupted",
	Question: "Go installs its signal handlers with SA_RESTART. A thread of a Go program waits in a system call when SIGUSR1 arrives, which nobody has asked for by signal.Notify. What becomes of the call?",
	Choices: []experiment.Choice{
		{
			Text:    "It goes on: SA_RESTART is there so that no call fails with EINTR.",
			Because: "It is there for that, and it does not reach far enough. Whether a call can be restarted is decided call by call, in the kernel, and those that wait with a time limit cannot.",
		},
		{
			Text:    "It depends on the call: a read from a pipe goes on, a sleep or a poll fails with EINTR.",
			True:    true,
			Because: "SA_RESTART restarts calls that would do the same thing again. A sleep that starts again would sleep too long, so it says that it was interrupted, whatever the handler asked for.",
		},
		{
			Text:    "It goes on: nobody has called Notify for SIGUSR1, so nothing happens.",
			Because: "The runtime has a handler for nearly every signal from the start, and running it is what interrupts the call. Only a signal that is ignored does not wake a thread.",
		},
		{
			Text:    "It fails with EINTR, always: a signal wakes a thread that sleeps in the kernel.",
			Because: "It wakes the thread. But before the call returns to the program the kernel looks at the flag of the handler, and most calls are made again without the program noticing.",
		},
	},
	Run:    run,
	Actors: map[string]experiment.Body{"waiter": waiter},
	Check:  check,
	Needs:  experiment.Needs{Linux: true},
	Claims: []string{"S11", "S12", "S13"},
	Files:  files,
}

type observed struct {
	Calls experiment.Table `obs:"/calls:rows"`
}

// The columns of the table, and what can be in them.
const (
	caught    = "SIGUSR1 caught"
	ignored   = "SIGUSR1 ignored"
	collected = "garbage collections"

	goesOn = "goes on"
	eintr  = "EINTR"
	none   = "-" // not tried
)

func header() []string { return []string{"call", caught, ignored, collected} }

func run(ctx context.Context, r *experiment.Recorder) error {
	a, err := r.Start(ctx, "waiter")
	if err != nil {
		return err
	}
	_, err = a.Wait()
	return err
}

// expected is what must become of a call.
type expected struct{ caught, ignored, collected string }

// The two sorts of calls, and the one that the runtime does not know to be a call.
var (
	restarts = expected{caught: goesOn, ignored: goesOn, collected: goesOn}
	fails    = expected{caught: eintr, ignored: goesOn, collected: goesOn}
	unknown  = expected{caught: none, ignored: none, collected: eintr}
)

// want says of which sort each call is.
var want = map[string]expected{
	"read: empty pipe":                 restarts,
	"write: full pipe":                 restarts,
	"read: eventfd of 0":               restarts,
	"read: inotify":                    restarts,
	"recvfrom: empty socket":           restarts,
	"sendto: full socket":              restarts,
	"accept4":                          restarts,
	"flock: locked by another":         restarts,
	"fcntl: range locked by another":   restarts,
	"wait4: living child":              restarts,
	"futex: without a time":            restarts,
	"futex: with a time":               fails,
	"recvfrom: with SO_RCVTIMEO":       fails,
	"sendto: full, with SO_SNDTIMEO":   fails,
	"accept4: with SO_RCVTIMEO":        fails,
	"nanosleep":                        fails,
	"clock_nanosleep: until a time":    fails,
	"ppoll: without a time":            fails,
	"pselect6: without a time":         fails,
	"epoll_pwait: without a time":      fails,
	"rt_sigtimedwait: another signal":  fails,
	"rt_sigsuspend":                    fails,
	"nanosleep: by syscall.RawSyscall": unknown,
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if err := seen.Calls.Has(header()...); err != nil {
		return err
	}
	if n := len(seen.Calls.Rows); n != len(want) {
		return experiment.Refuted("%d calls were observed, not %d", n, len(want))
	}
	for _, row := range seen.Calls.Rows {
		w, known := want[row[0]]
		got := expected{row[1], row[2], row[3]}
		switch {
		case !known:
			return experiment.Refuted("nobody expected the call %q", row[0])
		case got.caught != w.caught:
			return experiment.Refuted("%s: when the signal was caught: %s, not %s", row[0], got.caught, w.caught)
		case got.ignored != w.ignored:
			return experiment.Refuted("%s: when the signal was ignored: %s, not %s", row[0], got.ignored, w.ignored)
		case got.collected != w.collected:
			return experiment.Refuted("%s: during garbage collections: %s, not %s", row[0], got.collected, w.collected)
		}
	}
	return nil
}
