package console

import (
	"context"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/scheduler/conformance"
)

// Conform is "gopark model conform [WORKLOAD]".
type Conform struct {
	Workload string `arg:"" optional:"" help:"forkjoin, pipeline, mutex, burst or gosched; without it, all."`
	Procs    int    `help:"How many Ps (GOMAXPROCS)." default:"2"`
	Runs     int    `help:"How often each." default:"1"`
	Swaps    int    `help:"For each run, how many forged traces must be noticed." default:"5"`
	JSON     bool   `help:"Print a JSON array."`
}

// Help is the long help text.
func (Conform) Help() string {
	return `Records a runtime/trace of each workload on the real runtime and replays it through the
rules of the run queues. Every start of a goroutine must have a reason: it was in runnext,
at the head of the ring or of the global queue, in what a thief took, and so on. With more
than one P the order of operations is not in the trace; it is searched for, and the number
of choices that the search needed is printed beside the share of starts explained.

So that the search is known to be able to fail, traces are forged, in which two waiting
goroutines have changed places: they must not be explained.

The exit status is 1 if less than 99 % of the starts have a reason, 3 if it cannot be
measured here.`
}

// Run does it.
func (c Conform) Run(ctx context.Context, t *cli.Terminal) error {
	if c.Workload != "" {
		if _, err := conformance.Find(c.Workload); err != nil {
			return cli.Usage(err)
		}
	}
	return conformance.Run(ctx, t.Out, conformance.RunOptions{
		Workload: c.Workload, Procs: c.Procs, Runs: c.Runs, Swaps: c.Swaps, JSON: c.JSON,
	})
}
