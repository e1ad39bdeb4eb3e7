// Package hidden asks: a program panics, and nobody recovers. Who gets to know?
//
// testdata/programs.go holds the programs, outcomes says what each must come to, run runs
// them, ask looks into the one that goes on. check compares. picture.go draws some of them.
// The page tells why.
package hidden

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/plain"
	"lab.example/gopark/internal/stacks"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that deferred functions decide what becomes of a panic.
var Experiment = &experiment.Experiment{
	ID:       "panics/hidden",
	Question: "main begins with defer os.Exit(0), so that it leaves in good order. Later it writes to a nil map and panics. What do the log and the script that started it get to know?",
	Choices: []experiment.Choice{
		{
			Text:    "The panic is on stderr, and the status is 2: nobody has recovered it.",
			Because: "That is how it would end if the deferred functions came to their end. A panic runs them first, and this one does not come back.",
		},
		{
			Text:    "The panic is on stderr, and the status is 0.",
			Because: "That would at least leave a trace. But a panic is printed by the end of it, when no deferred function is left to run, and not by its beginning.",
		},
		{
			Text:    "Nothing: stderr is empty, and the status is 0.",
			True:    true,
			Because: "The panic runs the deferred function before it prints anything, and os.Exit ends the process there and then, with the number that it was given.",
		},
		{
			Text:    "The panic is printed and the status is 1: os.Exit cannot be called during a panic.",
			Because: "os.Exit can be called anywhere, and knows nothing of panics.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "yields", Unit: "yields", Doc: "how often a deferred function gives way while main returns: how long does main wait?", Default: 300, Min: 0, Max: 100_000},
	},
	Run:     run,
	Check:   check,
	AnyKnob: true,
	Wall:    experiment.FirstBuild,
	Needs:   experiment.Needs{Toolchain: true},
	Claims:  []string{"P2", "P4", "P6"},
	Files:   files,
}

// outcome is what a program must come to.
type outcome struct {
	deferred string // what the deferred function does, and main: the program's name in testdata/programs.go
	status   string // "0", "2"; or alive
	first    string // the first line on its stderr
}

// alive is what a program is that was asked what it does, because it does not end.
const alive = "alive"

// outcomes is what is claimed, a line for each program.
var outcomes = []outcome{
	{"nothing deferred", "2", "panic: aaa"},
	{"os.Exit(0)", "0", ""},
	{"log.Fatal", "1", "bye"},
	{"runtime.Goexit, in a goroutine", "0", ""},
	{"recover", "0", ""},
	{"recover, and panic again", "2", "panic: aaa [recovered, repanicked]"},
	{"closes stderr", "2", ""},
	{"10 yields, and main returns", "2", "panic: aaa"},
	{"10,000 yields, and main returns", "0", ""},
	{"waits for ever, and main returns", "0", ""},
	{"waits for ever, and main exits", "0", ""},
	{"waits for ever, and main waits", "2", "fatal error: all goroutines are asleep - deadlock!"},
	{goesOn, alive, ""},
}

const goesOn = "waits for ever, and main works"

// giveWay is the program of the knob.
const giveWay = "yields, and main returns"

// patience is how often main gives way after it has returned, if a panic is under way:
// runtime.main counts to it. Where the two give way almost equally often, a yield more or
// less decides, and that is not judged.
const patience, nearly = 1000, 500

type observed struct {
	Programs experiment.Table `obs:"/programs:rows"`

	Yields int64 `obs:"/yields/asked:yields"` // of the deferred function, as the knob is set
	Status int64 `obs:"/yields/exit:status"`  // how that program ended

	// What the program that goes on says when it is asked by SIGQUIT.
	Panicking int64  `obs:"/asked/panicking:goroutines"` // that have a panic on their stack
	Wait      string `obs:"/asked/panicking/wait:text"`  // what that goroutine waits for
	Value     bool   `obs:"/asked/value-printed:bool"`   // whether the text of the panic is there
}

var header = []string{"the deferred function", "status", "first line on stderr"}

func run(ctx context.Context, r *experiment.Recorder) error {
	p, err := plain.BuildFile(ctx, files, "testdata/programs.go")
	if err != nil {
		return err
	}
	defer p.Close()
	table := experiment.Table{Header: header}
	for _, c := range outcomes {
		if c.status == alive {
			continue
		}
		end, err := p.Run(ctx, c.deferred)
		if err != nil {
			return fmt.Errorf("program %q: %w", c.deferred, err)
		}
		status := end.Signal
		if status == "" {
			status = strconv.FormatInt(end.Exit, 10)
		}
		table.Add(c.deferred, status, first(end))
		picture{r, shown[c.deferred]}.ended(end)
	}
	seen, err := ask(ctx, r, p, &table)
	if err != nil {
		return err
	}
	seen.Programs, seen.Yields = table, int64(r.Knob("yields"))
	end, err := p.Run(ctx, giveWay, strconv.FormatInt(seen.Yields, 10))
	if err != nil {
		return fmt.Errorf("program %q: %w", giveWay, err)
	}
	seen.Status = end.Exit
	r.Record(seen)
	return nil
}

// ask has the program that goes on print its goroutines, and ends it thereby.
func ask(ctx context.Context, r *experiment.Recorder, p *plain.Program, table *experiment.Table) (seen observed, err error) {
	process, err := p.Start(ctx, goesOn)
	if err != nil {
		return seen, err
	}
	if err := process.Await(ctx, "at work"); err != nil {
		return seen, err
	}
	if err := process.Signal(syscall.SIGQUIT); err != nil {
		return seen, err
	}
	end, err := process.Ending()
	if err != nil {
		return seen, err
	}
	// What it had printed by itself stands before the answer.
	own := slices.Index(end.Stderr, "SIGQUIT: quit")
	if own < 0 {
		return seen, fmt.Errorf("the program that goes on was asked by SIGQUIT, and said %q", end.Stderr)
	}
	table.Add(goesOn, alive, first(experiment.Ending{Stderr: end.Stderr[:own]}))

	dump := strings.Join(end.Stderr, "\n")
	var panicked stacks.Goroutine
	for _, g := range stacks.Parse(dump) {
		if slices.ContainsFunc(g.Frames, func(f stacks.Frame) bool { return f.Func == "panic" }) {
			seen.Panicking++
			seen.Wait = g.Wait
			panicked = g
		}
	}
	picture{r, shown[goesOn]}.goesOn(end.Stderr[:own], panicked)
	seen.Value = strings.Contains(dump, "the reason")
	return seen, nil
}

func first(end experiment.Ending) string {
	if len(end.Stderr) == 0 {
		return ""
	}
	return end.Stderr[0]
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	want := experiment.Table{Header: header}
	for _, c := range outcomes {
		want.Add(c.deferred, c.status, c.first)
	}
	if err := seen.Programs.Equals(want, 1); err != nil {
		return err
	}
	switch {
	case seen.Yields < patience-nearly && seen.Status != 2:
		return experiment.Refuted("main did not wait for a deferred function that gave way %d times: status %d", seen.Yields, seen.Status)
	case seen.Yields > patience+nearly && seen.Status != 0:
		return experiment.Refuted("main waited for a deferred function that gave way %d times: status %d", seen.Yields, seen.Status)
	case seen.Panicking != 1:
		return experiment.Refuted("%d goroutines of the program that goes on have a panic on their stack, not 1", seen.Panicking)
	case seen.Wait != "chan receive":
		return experiment.Refuted("the goroutine that panics is in %q, and not in its deferred function, waiting for the channel", seen.Wait)
	case seen.Value:
		return experiment.Refuted("the answer to SIGQUIT says what the panic was")
	}
	return nil
}
