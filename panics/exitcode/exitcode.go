// Package exitcode asks: a panic is deferred, then os.Exit(3) is called. With which
// status does the process end?
//
// leave is the program, run tells what was set up before it, check says how the
// process must end. The page tells why.
package exitcode

import (
	"context"
	"embed"
	"os"
	"slices"
	"strings"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that os.Exit runs no deferred function.
var Experiment = &experiment.Experiment{
	ID:       "panics/exitcode",
	Question: "main defers a function that panics, then calls os.Exit(3). With which status does the process end?",
	Choices: []experiment.Choice{
		{
			Text:    "3: os.Exit ends the process there and then.",
			True:    true,
			Because: "os.Exit asks the kernel to end the process. No goroutine unwinds its stack, so no deferred function runs, and the panic never happens.",
		},
		{
			Text:    "2: the deferred function runs, panics, and an unrecovered panic ends a program with 2.",
			Because: "That is how the process would end if main returned, or panicked. os.Exit does neither: it does not come back to the function that deferred anything.",
		},
		{
			Text:    "1: something went wrong, and that is the status for it.",
			Because: "1 is what log.Fatal and go run end with. The runtime itself uses 2, and os.Exit uses the number that it was given.",
		},
		{
			Text:    "0: the panic happens while the process is ending, where nobody can see it.",
			Because: "A panic in an exiting program would not be quiet, and the status is not 0 unless somebody asks for it.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "status", Unit: "status", Doc: "the argument of os.Exit", Default: 3, Min: 0, Max: 1023},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Claims:   []string{"P3"},
	Files:    files,
}

type observed struct {
	Asked int64 `obs:"/exit/argument:status"`
	Ran   int64 `obs:"/defers/run:functions"`
	experiment.Ending
}

func run(_ context.Context, r *experiment.Recorder) error {
	status := r.Knob("status")
	r.Value("/exit/argument:status", status)
	r.Value("/defers/run:functions", 0)
	leave(status, func() { r.Value("/defers/run:functions", 1) })
	return nil
}

// leave is the program of the question: ran is called if the deferred function runs.
func leave(status int, ran func()) {
	defer func() {
		ran()
		panic("nobody will see this")
	}()
	os.Exit(status)
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	panicked := slices.ContainsFunc(seen.Stderr, func(line string) bool {
		return strings.HasPrefix(line, "panic: ")
	})
	// Of the argument, the kernel hands the lowest eight bits to the parent.
	want := seen.Asked & 0xff
	switch {
	case seen.Ran != 0:
		return experiment.Refuted("the deferred function ran")
	case panicked:
		return experiment.Refuted("the panic was printed: %s", seen.Stderr[0])
	case seen.Signal != "":
		return experiment.Refuted("the process was ended by %s", seen.Signal)
	case seen.Exit != want:
		return experiment.Refuted("the process ended with status %d, not %d", seen.Exit, want)
	}
	return nil
}
