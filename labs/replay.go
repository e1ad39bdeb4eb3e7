package labs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/labs/judge"
)

// Replay is "gopark lab replay [NAME]".
type Replay struct {
	Name   string `arg:"" optional:"" help:"Which lab; without it, the one whose answer you wrote last."`
	Times  int    `default:"20" help:"At most so many runs; the first that fails is the last."`
	Now    bool   `help:"Run your answer as it is now, and not the one that failed."`
	Show   bool   `help:"Show what is kept, and run nothing."`
	Output bool   `help:"Also show what that run printed, the stacks of its goroutines included."`
	Trace  string `type:"path" placeholder:"FILE" help:"Write the execution trace of the last of these runs, for go tool trace."`
	JSON   bool   `help:"Print one JSON object."`
}

// Help is the long help text.
func (Replay) Help() string {
	return `Shows the last run that your answer has failed, and makes it again: the same answer, the
same binary, GOMAXPROCS and seed. What depends on luck may pass this time; then it says how
much that means. With --now it tries your answer as it is now in the same way. What is kept
stands in work/.evidence/NAME.json.

The exit status is 1 if the run fails again, 0 if it does not (or with --show), 2 if there
is no such run.

With --json the object has
  failure  what is kept: lab, at, verdict, message, place, test, evidence and answer
  verdict  of the new runs, as in gopark lab check --help; "" with --show
  message  what was found, in a sentence
  runs     how many processes ran the tests
  trace    the file of the execution trace; "" unless it was asked for`
}

type replayed struct {
	Failure failure       `json:"failure"`
	Verdict judge.Verdict `json:"verdict"`
	Message string        `json:"message"`
	Runs    int           `json:"runs"`
	Trace   string        `json:"trace"`
}

// Run does it.
func (c Replay) Run(ctx context.Context, t *cli.Terminal) error {
	if c.Times < 1 {
		return cli.Usage(hint.With(fmt.Errorf("--times=%d is no number of runs", c.Times), "1 or more, or --show to run nothing"))
	}
	w, err := here()
	if err != nil {
		return err
	}
	l, err := w.which(c.Name)
	if err != nil {
		return err
	}
	f, err := w.lastFailure(l)
	if err != nil {
		return err
	}
	if c.Trace != "" && (c.Show || f.Evidence.Procs == 0) {
		return cli.Usage(hint.With(errors.New("there is nothing to trace"),
			"--trace is for runs of tests: not with --show, and not of a build that failed"))
	}
	if !c.JSON {
		showFailure(t, l, f, c.Output)
	}
	again := replayed{Failure: f}
	if !c.Show {
		res, err := w.replay(ctx, l, f, c)
		if err != nil {
			return err
		}
		again.Verdict, again.Message, again.Runs, again.Trace = res.Verdict, res.Message, res.Runs, c.Trace
	}
	switch {
	case c.JSON:
		err = t.JSON(again)
	case !c.Show:
		t.Printf("\n")
		t.Prose("again: ", "  ", fmt.Sprintf("%s: %s", again.Verdict, again.Message))
		if c.Trace != "" {
			t.Printf("  trace    go tool trace %s\n", c.Trace)
		}
	}
	if c.Show {
		return err
	}
	return errors.Join(err, exitStatus(again.Verdict))
}

// replay runs the answer that failed once more, or if c says so the one that is there now.
func (w work) replay(ctx context.Context, l Lab, f failure, c Replay) (judge.Result, error) {
	answer := w.answer(l)
	if !c.Now {
		folder, err := os.MkdirTemp("", "gopark-replay-")
		if err != nil {
			return judge.Result{}, fmt.Errorf("replay: %w", err)
		}
		defer os.RemoveAll(folder)
		answer = filepath.Join(folder, "answer.go")
		if err := os.WriteFile(answer, []byte(f.Answer), 0o644); err != nil {
			return judge.Result{}, fmt.Errorf("replay: %w", err)
		}
	}
	var options []judge.Option
	if c.Trace != "" {
		options = append(options, judge.WithTrace(c.Trace))
	}
	res, err := judge.Replay(ctx, w.subject(l, answer), f.Evidence, c.Times, options...)
	if errors.Is(err, exec.ErrNotFound) {
		err = notHere{err}
	}
	return res, err
}

func showFailure(t *cli.Terminal, l Lab, f failure, output bool) {
	e := f.Evidence
	t.Prose("", "  ", fmt.Sprintf("%s: %s: %s", f.Lab, f.Verdict, f.Message))
	if f.Place != "" {
		t.Printf("  at       %s\n", below(filepath.Dir(answerName(l)), f.Place))
	}
	if f.Test != "" {
		t.Printf("  test     %s\n", f.Test)
	}
	t.Printf("  when     %s\n", f.At.Local().Format("2006-01-02 15:04:05"))
	if e.Procs > 0 {
		detector := ""
		if e.Race {
			detector = ", under the race detector"
		}
		t.Printf("  run      %s: GOMAXPROCS=%d, seed %d%s\n", e.Stage, e.Procs, e.Seed, detector)
	}
	t.Printf("  command  %s\n", strings.Join(e.Command, " "))
	if e.Limit != "" {
		t.Printf("  ended    %s\n", e.Limit)
	}
	if output {
		t.Printf("\n%s\n", strings.TrimSpace(e.Stdout+e.Stderr))
		return
	}
	for _, text := range stacksText(&e) {
		t.Printf("%s\n", text.text)
	}
}
