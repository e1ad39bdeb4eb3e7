// Package mask asks: one thread of a process blocks a signal, and the signal is sent to
// the process. Does it wait?
//
// dispositions.go asks the kernel which signals a Go program catches and ignores and which
// thread blocks what, as Notify, Ignore and Reset are called. pending_linux.go sends
// signals to a thread that blocks them, and asks where they are. check compares both with
// what must be. The page tells why.
package mask

import (
	"context"
	"embed"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a blocked signal waits for the thread, and only if it was
// sent to that thread.
var Experiment = &experiment.Experiment{
	ID:       "signals/mask",
	Question: "A goroutine has locked itself to its thread, and blocks SIGUSR1 there with sigprocmask. Another program sends SIGUSR1 to the process with kill. signal.Notify has been called for it. What happens?",
	Choices: []experiment.Choice{
		{
			Text:    "The signal stays pending until the thread unblocks it.",
			Because: "It would if it had been sent to that thread. A signal for the process may be taken by any thread, and the mask of one is no concern of the others.",
		},
		{
			Text:    "Another thread takes it at once, and it arrives in the channel.",
			True:    true,
			Because: "Each thread has a mask of its own. The kernel looks for a thread that does not block the signal, and a Go program always has some.",
		},
		{
			Text:    "It is thrown away: that is what blocking means.",
			Because: "That is what ignoring means. A blocked signal is kept, and handled when it is unblocked.",
		},
		{
			Text:    "The runtime unblocks it: it must have its signals, for preemption.",
			Because: "The runtime sets the masks of its threads when it starts them, and looks no more. What you change on a thread stays so.",
		},
	},
	Run:      run,
	Check:    check,
	Isolated: true,
	Needs:    experiment.Needs{Linux: true},
	Claims:   []string{"S10"},
	Files:    files,
}

type observed struct {
	Dispositions experiment.Table `obs:"/dispositions:rows"`
	Pending      experiment.Table `obs:"/pending:rows"`
	experiment.Ending
}

func run(ctx context.Context, r *experiment.Recorder) error {
	dispositions, err := changes()
	if err != nil {
		return err
	}
	r.Value("/dispositions:rows", dispositions)
	steps, err := waiting(ctx, r)
	r.Value("/pending:rows", steps)
	return err
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if seen.Exit != 0 {
		return experiment.Refuted("the program did not live through it: %s", seen.Ending)
	}
	if err := seen.Dispositions.Equals(expectedChanges(), 1); err != nil {
		return err
	}
	return seen.Pending.Equals(expectedSteps(), 1)
}
