// Package ending asks: which of these programs ends with 0?
//
// testdata/programs.go holds the programs, endings in cases.go how each must end. run runs
// all of them twice, as their parent and from a shell, and one with go run as well. check
// compares. picture.go draws the five of the question. The page tells why.
package ending

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/plain"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that every way in which a program ends has its status.
var Experiment = &experiment.Experiment{
	ID:       "panics/ending",
	Question: "Five programs come to grief, each in its own way. One of them tells its parent 0, success. Which?",
	Choices: []experiment.Choice{
		{
			Text:    "A goroutine panics. main has deferred a function that recovers.",
			Because: "A deferred function recovers what its own goroutine panics, and nothing else. main never gets to run it: the status is 2.",
		},
		{
			Text:    "main calls runtime.Goexit: its goroutine ends in good order, deferred functions and all.",
			Because: "main's goroutine has ended, but main has not returned, and only that ends a program. Nobody is left to go on, and the runtime calls it a deadlock: 2.",
		},
		{
			Text:    "Something has failed 256 times, and main calls os.Exit with the count.",
			True:    true,
			Because: "The parent gets the lowest eight bits of the number, and those of 256 are all zero.",
		},
		{
			Text:    "SIGTERM asks it to stop, and it stops.",
			Because: "It did not stop of its own will: it never asked for the signal, so the kernel ended it. The parent is told the signal, and there is no status at all.",
		},
		{
			Text:    "A package's init panics: main has not even started.",
			Because: "init runs on the goroutine of main, and a panic there is a panic like any other: 2.",
		},
	},
	Run:    run,
	Check:  check,
	Wall:   experiment.FirstBuild,
	Needs:  experiment.Needs{Toolchain: true},
	Claims: []string{"P1", "P2", "P5", "P6"},
	Files:  files,
}

type observed struct {
	Programs experiment.Table `obs:"/programs:rows"`
	GoRun    int64            `obs:"/go-run/panic:status"` // of go run, for the program "panic in main"
	GoRunEnd string           `obs:"/go-run/panic:text"`   // the last line on its stderr
}

// header names the columns: the program, what its parent was told, and what it printed.
var header = []string{"program", "status", "signal", "$?", "first line on stderr", "deferred functions that ran"}

// notMeasured is in place of a status, with the reason, where a program cannot be run.
const notMeasured = "not measured here: "

func run(ctx context.Context, r *experiment.Recorder) error {
	source, err := files.ReadFile("testdata/programs.go")
	if err != nil {
		return fmt.Errorf("read programs: %w", err)
	}
	p, err := plain.Build(ctx, source, nil)
	if err != nil {
		return err
	}
	defer p.Close()
	r.Notef("running %d programs, and each once more from a shell", len(endings))
	var shell []string
	var goRun experiment.Ending
	beside, ctx := errgroup.WithContext(ctx)
	beside.Go(func() (err error) {
		shell, err = inShell(ctx, p)
		return err
	})
	beside.Go(func() (err error) {
		goRun, err = plain.GoRun(ctx, source, "panic in main")
		return err
	})
	rows, err := asParent(ctx, r, p)
	if err := errors.Join(err, beside.Wait()); err != nil {
		return err
	}
	if !slices.Contains(goRun.Stderr, "panic: aaa") {
		return experiment.Unmet("go run has not run the program: %s", last(goRun.Stderr))
	}
	table := experiment.Table{Header: header, Rows: rows}
	for i, row := range rows {
		if !strings.HasPrefix(row[1], notMeasured) {
			row[3] = shell[i]
		}
	}
	r.Record(observed{table, goRun.Exit, last(goRun.Stderr)})
	return nil
}

// asParent runs every program and returns the rows, without what the shell says.
func asParent(ctx context.Context, r *experiment.Recorder, p *plain.Program) ([][]string, error) {
	var rows [][]string
	shown := &picture{r: r}
	for _, c := range endings {
		row, err := measure(ctx, shown, p, c.program)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// measure runs one program and returns its row.
func measure(ctx context.Context, shown *picture, p *plain.Program, name string) ([]string, error) {
	shown.start(name)
	process, err := p.Start(ctx, name)
	if err != nil {
		return nil, err
	}
	end, err := process.Ending()
	if err != nil {
		return nil, fmt.Errorf("program %q: %w", name, err)
	}
	shown.end(name, end)
	if name == firstProcess && process.Await(ctx, "pid 1") != nil {
		return []string{name, notMeasured + "no PID namespace can be made", "", "", "", ""}, nil
	}
	status, first := strconv.FormatInt(end.Exit, 10), ""
	if end.Signal != "" {
		status = ""
	}
	if len(end.Stderr) > 0 {
		first = end.Stderr[0]
	}
	return []string{name, status, end.Signal, "", first, strings.Join(end.Stdout, ", ")}, nil
}

// script prints $? after each of the programs.
const script = `program=$0
for name do
	"$program" "$name" >/dev/null 2>&1
	echo $?
done`

// inShell returns what a shell's $? says after each of the programs.
func inShell(ctx context.Context, p *plain.Program) ([]string, error) {
	args := []string{"-c", script, p.Path}
	for _, c := range endings {
		args = append(args, c.program)
	}
	process, err := plain.Start(ctx, child.Spec{Path: "sh", Args: args})
	if err != nil {
		return nil, experiment.Unmet("needs a shell: %v", err)
	}
	end, err := process.Ending()
	if err == nil && len(end.Stdout) != len(endings) {
		err = fmt.Errorf("a shell was to print %d statuses and printed %d: %q", len(endings), len(end.Stdout), end.Stderr)
	}
	return end.Stdout, err
}

func last(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return lines[len(lines)-1]
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if err := seen.Programs.Has(header...); err != nil {
		return err
	}
	table := seen.Programs
	for _, c := range endings {
		row := table.Row(c.program)
		if row == nil {
			return fmt.Errorf("program %q was not run", c.program)
		}
		if c.program == firstProcess && strings.HasPrefix(row[1], notMeasured) {
			continue
		}
		for i, want := range c.row() {
			if row[i] != want {
				return experiment.Refuted("program %q: %s: %q, not %q", c.program, header[i], row[i], want)
			}
		}
	}
	if seen.GoRun != 1 || seen.GoRunEnd != "exit status 2" {
		return experiment.Refuted("go run ended with %d after it said %q: a panic makes it say \"exit status 2\" and end with 1", seen.GoRun, seen.GoRunEnd)
	}
	return nil
}

// row is what the table must say.
func (e ending) row() []string {
	status := ""
	if e.signal == "" {
		status = strconv.Itoa(e.status)
	}
	return []string{e.program, status, e.signal, strconv.Itoa(e.shell()), e.first, e.defers}
}

// shell is the number that a shell makes of it: it has no other place for a signal.
func (e ending) shell() int {
	if e.signal != "" {
		return 128 + int(unix.SignalNum(e.signal))
	}
	return e.status
}
