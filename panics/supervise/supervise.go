// Package supervise asks: a supervisor restarts a consumer that panics at the same record
// every time. How far does it get?
//
// run is the process, orders.consume the consumer that fails. supervisor.go has what
// restarts it, with its contract; take it along. check says what must come out. The page
// tells why, and ends the story that panics/zombie began.
package supervise

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that starting again repairs what is over by then, repeats
// nothing if what was done is noted after it was done, and must have an end.
var Experiment = &experiment.Experiment{
	ID:       "panics/supervise",
	Question: "A consumer notes its place after each record that it has handled. Record 437 of 1,000 makes it panic every time. A supervisor starts it again after a pause, at most 5 times within a minute. What has been done when all is over?",
	Choices: []experiment.Choice{
		{
			Text:    "All but one: the consumer panics at record 437, and is started again with record 438.",
			Because: "Its place is noted when a record has been handled, and 437 never is. Who is started again begins with 437. To skip it is a decision that somebody has to take.",
		},
		{
			Text:    "437 records, each of them six times: whoever starts again starts at the beginning.",
			Because: "The place outlives the panic: it is kept where the restarted consumer finds it. The records before it are done, and are not looked at again.",
		},
		{
			Text:    "437 records, once each; record 437 was tried six times, and the process has ended with an error.",
			True:    true,
			Because: "Starting again helps against what goes away by itself. This does not, so the supervisor gives up, and says so where it cannot be overlooked.",
		},
		{
			Text:    "437 records, and it is never over: the pauses grow, but the supervisor goes on.",
			Because: "That would be the zombie again: a process that is alive and does nothing. A supervisor needs a number at which it stops hoping.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "record", Unit: "records", Doc: "at which record it panics", Default: 437, Min: 0, Max: records - 1},
		{Name: "panics", Unit: "panics", Doc: "how often in a row, before all is well again", Default: 100, Min: 0, Max: 100},
		{Name: "restarts", Unit: "restarts", Doc: "how many restarts are allowed", Default: 5, Min: 0, Max: 20},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Files:    files,
}

const records = 1000

// Pauses that can be watched. In earnest they are seconds.
const (
	first   = time.Millisecond
	longest = 8 * time.Millisecond
)

// orders are the records, and how far they have been handled.
type orders struct {
	handled []int // how often each has been handled
	place   int   // the next one; it outlives the consumer
	bad     int
	panics  int // how often bad will make it panic
	tried   int // how often bad has been tried
}

// consume handles what is left.
func (o *orders) consume(ctx context.Context) error {
	for o.place < len(o.handled) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		o.handle(o.place)
		o.place++ // not before
	}
	return nil
}

func (o *orders) handle(order int) {
	if order == o.bad {
		if o.tried++; o.tried <= o.panics {
			var customer *struct{ orders int }
			customer.orders++
		}
	}
	o.handled[order]++
}

func run(ctx context.Context, r *experiment.Recorder) error {
	o := &orders{handled: make([]int, records), bad: r.Knob("record"), panics: r.Knob("panics")}
	starts := 0
	var pauses []time.Duration
	s := &Supervisor{
		First: first, Longest: longest, Restarts: r.Knob("restarts"), Window: time.Minute,
		Failed: func(_ string, _ error, pause time.Duration) {
			if pause > 0 {
				pauses = append(pauses, pause)
			}
		},
	}
	err := s.Run(ctx, Service{Name: "consumer", Run: func(ctx context.Context) error {
		starts++
		life(r, starts, timeline.NotExist, timeline.Running)
		defer life(r, starts, timeline.Running, timeline.NotExist)
		return o.consume(ctx)
	}})
	seen := told{
		Records: records, Bad: int64(o.bad), Panics: int64(o.panics), Restarts: int64(s.Restarts),
		Starts: int64(starts), Tried: int64(o.tried), Pauses: milliseconds(pauses),
	}
	for _, times := range o.handled {
		switch {
		case times == 1:
			seen.Once++
		case times > 1:
			seen.Twice++
		}
	}
	r.Record(seen)
	return leave(err)
}

// life draws a consumer's goroutine: each start has another one.
func life(r *experiment.Recorder, start int, from, to timeline.State) {
	r.Event(timeline.Event{
		At: r.Since(), Provenance: timeline.Observed, Subject: timeline.G(start), From: from, To: to,
	})
}

func milliseconds(pauses []time.Duration) []int64 {
	all := make([]int64, len(pauses))
	for i, p := range pauses {
		all[i] = p.Milliseconds()
	}
	return all
}

// leave is what main does with the supervisor's error: it is not a detail.
func leave(err error) error {
	if errors.Is(err, ErrGaveUp) {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
	return err
}
