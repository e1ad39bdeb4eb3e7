// Package matrix asks: a Go program has done nothing, Notify, Ignore, Reset or Stop, or
// two of them in turn, and then each of the 64 signals comes. What happens to it?
//
// modes.go says what the programs do first. trial.go starts them, sends each signal in each
// mode and finds out what happened; expected.go is what must have happened. handler.go
// asks once more for the two old ways of installing a handler, and kernel_linux.go
// installs it. The page tells why.
package matrix

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that expected.go tells the fate of every program.
var Experiment = &experiment.Experiment{
	ID:       "signals/matrix",
	Question: "A program calls signal.Ignore(SIGTERM), and later signal.Reset(SIGTERM). Then it is sent SIGTERM. What happens to it?",
	Choices: []experiment.Choice{
		{
			Text:    "It is killed by SIGTERM: Reset brings the default back, and that is to end.",
			Because: "After Notify it would be so. Reset undoes Notify, and only that: nothing in the runtime takes an ignored signal back to the default.",
		},
		{
			Text:    "Nothing: the signal is still ignored.",
			True:    true,
			Because: "Ignore told the kernel to throw the signal away. Reset marks it as not wanted by any channel, and leaves what the kernel was told as it is.",
		},
		{
			Text:    "It ends with status 2 and prints its goroutines, as for any signal that nobody expects.",
			Because: "That is what SIGQUIT and SIGABRT do to a program that has done nothing about them. SIGTERM never does: it kills, or it arrives, or it is ignored.",
		},
		{
			Text:    "Nothing, and it would have been the same without any call: a Go program has a handler for every signal.",
			Because: "It has one for nearly every signal, and for many it does nothing. For SIGTERM it puts the default back and sends the signal again: the program is killed.",
		},
	},
	Run:    run,
	Actors: map[string]experiment.Body{"tester": tester},
	Check:  check,
	Needs:  experiment.Needs{Linux: true},
	Claims: []string{"S3", "S8", "S14"},
	Files:  files,
}

type observed struct {
	Groups   experiment.Table `obs:"/groups:rows"`   // signals that fare alike in every mode
	Signals  experiment.Table `obs:"/signals:rows"`  // a row a signal, a column a mode
	Handlers experiment.Table `obs:"/handlers:rows"` // a row a way of installing a handler
}

func run(ctx context.Context, r *experiment.Recorder) error {
	a, err := r.Start(ctx, "tester")
	if err != nil {
		return err
	}
	_, err = a.Wait()
	return err
}

// tester measures everything. In the processes that it starts it is the subject.
func tester(ctx context.Context, r *experiment.Recorder) error {
	if part, ok := subjectPart(); ok {
		return part.play(r)
	}
	office, err := newOffice()
	if err != nil {
		return err
	}
	table, err := office.matrix(ctx)
	if err != nil {
		return err
	}
	handlers, err := office.handlers(ctx)
	if err != nil {
		return err
	}
	r.Record(observed{Groups: groups(table), Signals: table, Handlers: handlers})
	return nil
}

// last is the highest signal of Linux.
const last syscall.Signal = 64

// header returns the first line of the matrix.
func header() []string {
	cells := []string{"signal", "name"}
	for _, m := range modes {
		cells = append(cells, m.name)
	}
	return cells
}

// name returns "SIGTERM", or "" for a signal that has none of its own.
func name(s syscall.Signal) string { return unix.SignalName(s) }

// groups puts the signals together that fare alike in every mode, in the order in which
// each group first appears.
func groups(t experiment.Table) experiment.Table {
	grouped := experiment.Table{Header: slices.Concat([]string{"signals"}, t.Header[2:])}
	members := make(map[string][]string)
	var order [][]string
	for _, row := range t.Rows {
		fate := strings.Join(row[2:], "\x00")
		if members[fate] == nil {
			order = append(order, row[2:])
		}
		members[fate] = append(members[fate], row[0])
	}
	for _, cells := range order {
		row := []any{ranges(members[strings.Join(cells, "\x00")])}
		for _, c := range cells {
			row = append(row, c)
		}
		grouped.Add(row...)
	}
	return grouped
}

// ranges shortens a list of numbers that are in order: "1 2 35-64".
func ranges(numbers []string) string {
	var b strings.Builder
	first, previous := 0, -1
	flush := func() {
		switch {
		case previous < 0:
		case previous-first < 2:
			for n := first; n <= previous; n++ {
				fmt.Fprintf(&b, "%d ", n)
			}
		default:
			fmt.Fprintf(&b, "%d-%d ", first, previous)
		}
	}
	for _, text := range numbers {
		var n int
		fmt.Sscan(text, &n)
		if n != previous+1 {
			flush()
			first = n
		}
		previous = n
	}
	flush()
	return strings.TrimSpace(b.String())
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if err := seen.Signals.Has(header()...); err != nil {
		return err
	}
	table := seen.Signals
	if err := judge(table); err != nil {
		return err
	}
	handlers := seen.Handlers
	return judgeHandlers(handlers)
}
