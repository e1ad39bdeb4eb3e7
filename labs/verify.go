package labs

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/labs/judge"
)

// Verify is "gopark lab verify".
type Verify struct {
	All  bool `help:"Judge the lab's own answer to every lab, in place of yours."`
	JSON bool `help:"Print a JSON array of name, verdict, place, message, runs."`
}

// Help is the long help text.
func (Verify) Help() string {
	return `Judges all answers that you have started, more patiently than check does, as many at the
same time as there are processors. With --all it judges the lab's own answers instead:
if one of those does not pass, it is the machine or the lab that is at fault, and not you.

The exit status is 1 if an answer does not pass, 3 if all others do but not everything
could be checked here, 0 if all pass.

With --json each element has
  name     of the lab
  verdict  as in gopark lab check --help; "" if it could not be judged
  place    file and line, from the module's folder; "" if it is not known
  message  what is wrong, in a sentence; "" if nothing is
  runs     how many processes ran the tests`
}

type verified struct {
	Name    string        `json:"name"`
	Verdict judge.Verdict `json:"verdict"`
	Place   string        `json:"place"`
	Message string        `json:"message"`
	Runs    int           `json:"runs"`
}

// Run does it.
func (c Verify) Run(ctx context.Context, t *cli.Terminal) error {
	w, err := here()
	if err != nil {
		return err
	}
	chosen := w.labs()
	if !c.All {
		if chosen = w.allStarted(); len(chosen) == 0 {
			return cli.Usage(hint.With(errors.New("no lab has been started"),
				"gopark lab start %s, or --all for the lab's own answers", All[0].Name))
		}
	}
	over := 0
	results, err := verify(ctx, chosen, w.verifier(c.All), func(v verified) {
		over++
		if t.Interactive {
			fmt.Fprintf(t.Err, "%d of %d: %s: %s\n", over, len(chosen), v.Name, v.Verdict)
		}
	})
	if err != nil {
		return err
	}
	if c.JSON {
		err = t.JSON(results)
	} else {
		showVerified(t, results)
	}
	return errors.Join(err, verifiedStatus(results))
}

// verifier returns what judges one lab: the learner's answer, whose verdict is noted,
// or the lab's own. The place in the result is one from the module's folder.
func (w work) verifier(own bool) func(context.Context, Lab) (judge.Result, error) {
	return func(ctx context.Context, l Lab) (judge.Result, error) {
		if own {
			folder := filepath.FromSlash(l.Folder())
			res, err := w.judge(ctx, l, filepath.Join(w.root, folder, "answer.go"), judge.Verify(), nil)
			res.Place = below(folder, res.Place)
			return res, err
		}
		res, _, err := w.checkAnswer(ctx, l, judge.Verify(), w.judge, nil)
		res.Place = below(filepath.Dir(answerName(l)), res.Place)
		return res, err
	}
}

// verify judges labs abreast. A lab that cannot be judged does not keep the others from it;
// its message says why. The error is for what concerns all: ctx has ended, or there is no go
// command.
func verify(ctx context.Context, labs []Lab, check func(context.Context, Lab) (judge.Result, error), told func(verified)) ([]verified, error) {
	return abreast(ctx, labs, func(ctx context.Context, l Lab) (verified, error) {
		res, err := check(ctx, l)
		switch {
		case errors.As(err, new(notHere)):
			return verified{}, err
		case err != nil:
			return verified{Name: l.Name, Message: err.Error()}, nil
		}
		return verified{Name: l.Name, Verdict: res.Verdict, Place: res.Place, Message: res.Message, Runs: res.Runs}, nil
	}, told)
}

func showVerified(t *cli.Terminal, results []verified) {
	passed := 0
	for _, v := range results {
		verdict := string(v.Verdict)
		switch v.Verdict {
		case judge.Pass:
			passed++
		case "":
			verdict = "not judged"
		}
		text := fmt.Sprintf("%s: %s", v.Name, verdict)
		if v.Verdict == judge.Pass {
			text += fmt.Sprintf(" (%d runs)", v.Runs)
		}
		if v.Message != "" {
			text += ": " + v.Message
		}
		t.Prose("", "  ", text)
		if v.Place != "" && v.Verdict != judge.Pass {
			t.Printf("  at    %s\n", v.Place)
		}
	}
	t.Printf("%d of %d pass\n", passed, len(results))
}

func verifiedStatus(results []verified) error {
	worst := judge.Pass
	for _, v := range results {
		switch v.Verdict {
		case judge.Pass:
		case judge.Inconclusive:
			worst = judge.Inconclusive
		default:
			return exitStatus(v.Verdict)
		}
	}
	return exitStatus(worst)
}
