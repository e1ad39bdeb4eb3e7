package labs

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"lab.example/gopark/internal/cli"
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
  verdict  pass, build, vet, assert, flaky, race, deadlock, leak, hang, panic, fatal, exit or
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
	l, err := w.which(c.Name)
	if err != nil {
		return err
	}
	if t.Interactive {
		fmt.Fprintf(t.Err, "judging %s ...\n", answerName(l))
	}
	res, unnoted, err := w.checkAnswer(ctx, l, judge.Standard(), w.judge, nil)
	if err != nil {
		return err
	}
	if unnoted != nil {
		fmt.Fprintln(t.Err, "gopark: note:", unnoted)
	}
	if err := c.show(t, l, res); err != nil {
		return err
	}
	return exitStatus(res.Verdict)
}

func (c Check) show(t *cli.Terminal, l Lab, res judge.Result) error {
	place := below(filepath.Dir(answerName(l)), res.Place)
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
		t.Prose("", "  ", fmt.Sprintf("%s: pass: %s", l.Name, res.Message))
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
		return "compare, and read why it works: gopark lab answer " + l.Name
	case v == judge.Inconclusive:
		return "the race detector needs cgo and a C compiler (gcc or clang): this is not a pass yet"
	case v == judge.Build || v == judge.Vet:
		return "repair it, and check again"
	case stacks:
		return fmt.Sprintf("see the stacks: gopark lab check %s --output", l.Name)
	}
	return "hints, one by one: gopark lab hint " + l.Name
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
