// Package fault asks: which memory faults can be recovered from?
//
// accesses.go has the addresses that are touched, one function and one line of a table each,
// and the settings under which that is done (modes). run gives every pair a process of its
// own, check knows what must come of each. page.go and file_linux.go ask the system for the
// memory. The page tells why.
package fault

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strings"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that only a fault close to address zero is a panic by itself.
var Experiment = &experiment.Experiment{
	ID:       "panics/fault",
	Question: "A program has mapped a file into its memory. The file is truncated by somebody else, and then the program reads a byte beyond its new end. The goroutine has deferred a recover. What happens?",
	Choices: []experiment.Choice{
		{
			Text:    "It is recovered: a bad address is a runtime error, as a nil dereference is.",
			Because: "A nil dereference is recognised by its address: the first 4,096 bytes belong to nobody. This address was a good one a moment ago, and the runtime does not know why it is not now.",
		},
		{
			Text:    "The process ends with status 2 and the words unexpected fault address. recover is not asked.",
			True:    true,
			Because: "A fault anywhere but near zero is a fatal error, unless this very goroutine has called debug.SetPanicOnFault(true).",
		},
		{
			Text:    "The process is killed by SIGBUS: the runtime has no part in it.",
			Because: "The kernel does send SIGBUS. But the runtime catches that signal, prints its own report, and exits with 2.",
		},
		{
			Text:    "The byte is zero: beyond the end there is nothing, and nothing reads as zero.",
			Because: "That is so up to the end of the last page of the file. Beyond that page there is nothing to read from.",
		},
	},
	Run:    run,
	Actors: actors(),
	Check:  check,
	Needs:  experiment.Needs{Linux: true},
	Files:  files,
}

var header = []string{"access", "setting", "outcome", "Addr()", "signal", "printed", "ended"}

func run(ctx context.Context, r *experiment.Recorder) error {
	table := experiment.Table{Header: header}
	for _, a := range accesses {
		for _, m := range modes {
			actor, err := r.Start(ctx, a.name+"-"+m.name)
			if err != nil {
				return err
			}
			ending, err := actor.Ending()
			switch {
			case errors.Is(err, errAbsent):
				continue
			case err != nil:
				return err
			}
			out, err := read(ending)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", a.what, m.what, err)
			}
			table.Add(a.what, m.what, out.outcome, out.addr, out.signal, out.printed, ending)
		}
	}
	r.Value("/accesses:rows", table)
	return nil
}

// output is what an actor has printed.
type output struct {
	outcome string // "recovered" or "fatal"
	addr    string // what Addr returned, if the recovered value has that method
	signal  string // that the runtime names in its report
	printed string // the recovered value, or the fatal error
}

// read takes it apart: the first line of stdout is the address that is touched, whatever
// follows comes from the deferred function.
func read(e experiment.Ending) (output, error) {
	if len(e.Stdout) == 0 {
		return output{}, errors.New("it printed no address")
	}
	masked := func(s string) string { return strings.ReplaceAll(s, e.Stdout[0], theAddress) }
	if len(e.Stdout) == 3 {
		return output{outcome: recovered, addr: masked(e.Stdout[1]), printed: masked(e.Stdout[2])}, nil
	}
	out := output{outcome: "fatal"}
	for _, line := range e.Stderr {
		if text, ok := strings.CutPrefix(line, "unexpected fault address "); ok {
			out.printed = "unexpected fault address " + masked(text)
		}
		if text, ok := strings.CutPrefix(line, "[signal "); ok {
			out.signal, _, _ = strings.Cut(text, ":")
		}
	}
	return out, nil
}

const (
	recovered  = "recovered"
	theAddress = "THE ADDRESS"
)

type observed struct {
	Accesses experiment.Table `obs:"/accesses:rows"`
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if err := seen.Accesses.Has(header...); err != nil {
		return err
	}
	table := seen.Accesses
	for _, a := range accesses {
		for _, m := range modes {
			row := table.Row(a.what, m.what)
			if row == nil && a.absent != "" {
				continue
			}
			if row == nil {
				return fmt.Errorf("nothing was observed of %q, %s", a.what, m.what)
			}
			for i, want := range a.want(m) {
				if row[i+2] != want {
					return experiment.Refuted("%s, %s: %s: %q, not %q", a.what, m.what, header[i+2], row[i+2], want)
				}
			}
		}
	}
	return nil
}

// nilText is what both kinds of recovered faults say, also those that have nothing to do
// with nil.
const nilText = "runtime error: invalid memory address or nil pointer dereference"

// want is what the cells of a row must be, from the outcome on.
func (a access) want(m mode) []string {
	switch {
	case a.nearZero:
		return []string{recovered, "none", "", nilText, "exit 0"}
	case m.panics:
		return []string{recovered, a.reported, "", nilText, "exit 0"}
	}
	return []string{"fatal", "", a.signal, "unexpected fault address " + a.reported, "exit 2"}
}
