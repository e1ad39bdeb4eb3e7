package labs

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/labs/judge"
)

// Check is "gopark lab check [NAME]".
type Check struct {
	Name   string `arg:"" optional:"" help:"Which lab; without it, the one whose answer you wrote last."`
	Output bool   `help:"Also show what the tests, or the compiler, printed."`
	JSON   bool   `help:"Print one JSON object."`
}

// Help is the long help text.
func (Check) Help() string {
	return `Judges work/NAME/answer.go: compiles it, vets it, and runs the tests, several times and also
under the race detector. Only answer.go counts; the rest is the lab's own, whatever you
have changed in your copy. Nothing that it starts is left running.

The exit status is 0 if the answer passes, 1 if it does not, 2 if the command line makes
no sense, 3 if not everything could be checked here, for example because there is no C
compiler, which the race detector needs.

With --json the object has
  name     of the lab
  verdict  pass, build, vet, assert, race, deadlock, leak, hang, panic, fatal, exit or
           inconclusive
  place    file and line, from the module's folder; "" if it is not known
  message  what is wrong, in a sentence; "" if nothing is
  test     the test that found it, or ""
  stages   objects of name, verdict, runs and note: why it could not be carried out
  runs     how many processes ran the tests
  output   with --output: what the one that decided printed`
}

type checked struct {
	Name    string         `json:"name"`
	Verdict judge.Verdict  `json:"verdict"`
	Place   string         `json:"place"`
	Message string         `json:"message"`
	Test    string         `json:"test"`
	Stages  []checkedStage `json:"stages"`
	Runs    int            `json:"runs"`
	Output  string         `json:"output,omitempty"`
}

type checkedStage struct {
	Name    string        `json:"name"`
	Verdict judge.Verdict `json:"verdict"`
	Runs    int           `json:"runs"`
	Note    string        `json:"note"`
}

// Run does it.
func (c Check) Run(ctx context.Context, t *cli.Terminal) error {
	w, err := here()
	if err != nil {
		return err
	}
	l, err := c.lab(w)
	if err != nil {
		return err
	}
	content, err := w.content(l)
	if err != nil {
		return fmt.Errorf("check %s: %w", l.Name, err)
	}
	if t.Interactive {
		fmt.Fprintf(t.Err, "judging %s ...\n", answerName(l))
	}
	res, err := judge.Check(ctx, judge.Subject{Root: w.root, Lab: l.Folder(), Answer: w.answer(l)}, judge.Standard())
	if errors.Is(err, exec.ErrNotFound) {
		return notHere{err}
	}
	if err != nil {
		return err
	}
	// Not if the answer has been saved meanwhile: the verdict may be about either. And a
	// verdict that cannot be noted is a verdict still.
	if now, err := w.content(l); err == nil && now == content {
		if err := w.note(entry{l.Name, content, res.Verdict}); err != nil {
			fmt.Fprintln(t.Err, "gopark: note:", err)
		}
	}
	if err := c.show(t, l, res); err != nil {
		return err
	}
	return exitStatus(res.Verdict)
}

// lab returns the lab that is meant, if it has been started.
func (c Check) lab(w work) (Lab, error) {
	if c.Name == "" {
		return w.current()
	}
	l, err := Find(c.Name)
	if err != nil {
		return Lab{}, err
	}
	if _, ok := w.started(l); !ok {
		return Lab{}, cli.Usage(hint.With(fmt.Errorf("there is no %s", answerName(l)), "gopark lab start %s", l.Name))
	}
	return l, nil
}

func (c Check) show(t *cli.Terminal, l Lab, res judge.Result) error {
	place := ""
	if res.Place != "" {
		place = filepath.Join(filepath.Dir(answerName(l)), res.Place)
	}
	stacks := !c.Output && (res.Verdict == judge.Race || strings.Contains(res.Output, "\ngoroutine "))
	if !c.Output {
		res.Output = ""
	}
	if c.JSON {
		o := checked{
			Name: l.Name, Verdict: res.Verdict, Place: place, Message: res.Message, Test: res.Test,
			Stages: []checkedStage{}, Runs: res.Runs, Output: res.Output,
		}
		for _, s := range res.Stages {
			o.Stages = append(o.Stages, checkedStage(s))
		}
		return t.JSON(o)
	}
	if res.Output != "" {
		t.Printf("%s\n\n", strings.TrimRight(res.Output, "\n"))
	}
	if res.Verdict == judge.Pass {
		t.Prose("", "  ", fmt.Sprintf("%s: pass: %d runs of the tests, nothing to find fault with", l.Name, res.Runs))
	} else {
		t.Prose("", "  ", fmt.Sprintf("%s: %s: %s", l.Name, res.Verdict, res.Message))
	}
	if place != "" {
		t.Printf("  at    %s\n", place)
	}
	if res.Test != "" {
		t.Printf("  test  %s\n", res.Test)
	}
	t.Printf("  next  %s\n", next(l, res.Verdict, stacks))
	return nil
}

// next says what to do after a verdict. stacks says that there are some to be seen.
func next(l Lab, v judge.Verdict, stacks bool) string {
	switch {
	case v == judge.Pass:
		return "read why it works: the end of " + filepath.Join(filepath.FromSlash(l.Folder()), "page.md")
	case v == judge.Inconclusive:
		return "the race detector needs cgo and a C compiler (gcc or clang): this is not a pass yet"
	case v == judge.Build || v == judge.Vet:
		return "repair it, and check again"
	case stacks:
		return fmt.Sprintf("see the stacks: gopark lab check %s --output", l.Name)
	}
	return "hints, one by one: " + filepath.Join(filepath.Dir(answerName(l)), "page.md")
}

// exitStatus turns a verdict into the error that sets the exit status.
func exitStatus(v judge.Verdict) error {
	switch v {
	case judge.Pass:
		return nil
	case judge.Inconclusive:
		return cli.Status(cli.ExitNotHere)
	default:
		return cli.Status(cli.ExitFailed)
	}
}

// notHere marks an error that says that nothing can be judged on this machine.
type notHere struct{ error }

func (notHere) ExitCode() int   { return cli.ExitNotHere }
func (e notHere) Unwrap() error { return e.error }
