// Package relay asks: a consumer dies of one bad record. What becomes of those who feed it?
//
// testdata/relay.go is the program, cases says what each form of it must come to, run runs
// them, watch.go looks at one from outside, as an operator would, and reads what it answers
// to SIGQUIT. check compares. The page tells why.
package relay

import (
	"context"
	"embed"
	"errors"
	"fmt"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/plain"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a pipeline without its consumer stands still and looks well.
var Experiment = &experiment.Experiment{
	ID:       "panics/relay",
	Question: "A producer sends to a forwarder, and that one to a consumer, over channels without room. The consumer meets a nil pointer, recovers, logs \"exit....\" and returns. A ticker goroutine goes on sending heartbeats. What do the producer and the forwarder do?",
	Choices: []experiment.Choice{
		{
			Text:    "They go on. What is sent to a channel that nobody reads is lost.",
			Because: "A channel loses nothing. A send that finds neither a receiver nor room waits.",
		},
		{
			Text:    "They panic: nobody is at the other end any more, as with a broken pipe.",
			Because: "A channel does not know who might receive from it. Only a close makes a send panic, and the consumer closed nothing.",
		},
		{
			Text:    "They wait, until the runtime reports a deadlock and ends the program.",
			Because: "It does that where nothing can happen any more, and without the heartbeats it would. One goroutine that reads a ticker is enough to keep it silent.",
		},
		{
			Text:    "They wait in their sends for ever, and from outside the process looks well.",
			True:    true,
			Because: "The forwarder holds a record that nobody takes, and so the producer holds the next one. The process sleeps between heartbeats, as it did when all was well.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "bad", Unit: "records", Doc: "which record the consumer cannot handle", Default: 437, Min: 1, Max: 100_000},
	},
	Run:     run,
	Check:   check,
	AnyKnob: true,
	Wall:    experiment.FirstBuild,
	Needs:   experiment.Needs{Linux: true, Toolchain: true},
	Claims:  []string{"P10", "P11"},
	Files:   files,
}

// form is one form of the program, and what it must come to.
type form struct {
	consumer, besides string // the program's arguments
	ended             string // how it ended; alive
	said              string // the first line that it printed of its own accord, but for its log
	state             string // while it was alive
	// What the dump says that each goroutine waits for: gone, or hidden if the dump shows only
	// the goroutine that panicked.
	producer, forwarder, consumes string
}

const (
	alive  = "alive"
	gone   = "gone"
	hidden = "not shown"
)

var cases = []form{
	{"recovers", "ticker", alive, "", "S", "chan send", "chan send", gone},
	{"recovers", "nothing", "exit 2", "fatal error: all goroutines are asleep - deadlock!", "", "chan send", "chan send", gone},
	{"dies", "ticker", "exit 2", "panic: runtime error: invalid memory address or nil pointer dereference", "", hidden, hidden, "running"},
}

func (f form) row() []string {
	return []string{f.consumer, f.besides, f.ended, f.said, f.state, f.producer, f.forwarder, f.consumes}
}

var header = []string{"the consumer", "besides", "ended", "first line on stderr", "state", "producer", "forwarder", "consumer"}

// logged is what the consumer that recovers writes into the log.
const logged = "exit...."

// beats is how many heartbeats are waited for when the consumer has gone.
const beats = 3

// handledLine is how the consumer reports, as it goes, what it has done. All that comes
// after it are heartbeats.
const handledLine = "handled "

type observed struct {
	Programs experiment.Table `obs:"/programs:rows"`
	Bad      int64            `obs:"/bad:record"`
	Handled  int64            `obs:"/handled:records"` // by the consumer, before it went
	Beats    int64            `obs:"/after/beats:beats"`
}

func run(ctx context.Context, r *experiment.Recorder) error {
	p, err := plain.BuildFile(ctx, files, "testdata/relay.go")
	if err != nil {
		return err
	}
	defer p.Close()
	seen := observed{Bad: int64(r.Knob("bad"))}
	table := experiment.Table{Header: header}
	for _, f := range cases {
		process, err := p.Start(ctx, fmt.Sprint(seen.Bad), f.consumer, f.besides)
		if err != nil {
			return err
		}
		state := ""
		if f.besides == "ticker" && f.consumer == "recovers" {
			seen.Handled, state, err = look(ctx, process)
			seen.Beats = beats
		}
		end, waited := process.Ending()
		if err := errors.Join(err, waited); err != nil {
			return fmt.Errorf("program that %s, with %s: %w", f.consumer, f.besides, err)
		}
		got := read(end)
		got.consumer, got.besides, got.state = f.consumer, f.besides, state
		table.Rows = append(table.Rows, got.row())
		draw(r, got)
	}
	seen.Programs = table
	r.Record(seen)
	return nil
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	want := experiment.Table{Header: header}
	for _, f := range cases {
		want.Rows = append(want.Rows, f.row())
	}
	if err := seen.Programs.Equals(want, 2); err != nil {
		return err
	}
	switch {
	case seen.Handled != seen.Bad-1:
		return experiment.Refuted("record %d was bad, and %d were handled", seen.Bad, seen.Handled)
	case seen.Beats < beats:
		return experiment.Refuted("%d heartbeats came after the end of the consumer, not %d", seen.Beats, beats)
	}
	return nil
}
