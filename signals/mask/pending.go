package mask

import (
	"fmt"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

// Where a signal waits.
const (
	nowhere    = "nowhere"
	forProcess = "for the process"
	forThread  = "for the thread"
)

func stepTable() experiment.Table {
	return experiment.Table{Header: []string{"step", "SIGUSR1 is pending", "out of the channel"}}
}

// The steps of waiting.
const (
	toProcess   = "blocked by a thread, sent to the process"
	toThread    = "blocked by a thread, sent to that thread"
	toBoth      = "and once more to the process"
	unblocked   = "the call that unblocks it has returned"
	interrupted = "SIGFPE is pending for the thread, and is unblocked"
)

// panicked is what comes out of the call that unblocks SIGFPE.
const panicked = "runtime error: floating point error"

func expectedSteps() experiment.Table {
	table := stepTable()
	table.Add(toProcess, nowhere, 1)
	table.Add(toThread, forThread, 0)
	table.Add(toBoth, forThread, 1)
	table.Add(unblocked, nowhere, 1)
	table.Add(interrupted, nowhere, "panic: "+panicked)
	return table
}

// flow draws how many signals got to a layer.
func flow(r *experiment.Recorder, whom, layer string, to timeline.State, count int) {
	r.Event(timeline.Event{
		At: r.Since(), Provenance: timeline.Observed,
		Subject: timeline.Subject{Kind: timeline.Signal, ID: whom + "/" + layer}, To: to,
		Attrs: []timeline.Attr{{Key: "count", Value: fmt.Sprint(count)}},
	})
}
