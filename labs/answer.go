package labs

import (
	"context"
	"fmt"
	"strings"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
)

// Answer is "gopark lab answer NAME".
type Answer struct {
	Name  string `arg:"" help:"Which lab."`
	Spoil bool   `help:"Show it although you have not passed."`
	JSON  bool   `help:"Print one JSON object of name, answer, why."`
}

// Help is the long help text.
func (Answer) Help() string {
	return `Shows the lab's own answer, and why it works: after you have passed, because before that
it would take the exercise away. --spoil shows it all the same; gopark lab report will
say so.`
}

type shownAnswer struct {
	Name   string `json:"name"`
	Answer string `json:"answer"` // Go source
	Why    string `json:"why"`    // the end of the page
}

// Run does it.
func (c Answer) Run(ctx context.Context, t *cli.Terminal) error {
	w, err := here()
	if err != nil {
		return err
	}
	l, err := w.find(c.Name)
	if err != nil {
		return err
	}
	a, err := w.reveal(ctx, l, c.Spoil)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return t.JSON(a)
	}
	t.Printf("%s\n%s", a.Answer, a.Why)
	return nil
}

// reveal returns the answer to l if the learner has passed, or insists. The latter is
// noted.
func (w work) reveal(ctx context.Context, l Lab, spoil bool) (shownAnswer, error) {
	err := w.locked(ctx, func() error {
		past, err := w.history()
		switch {
		case err != nil || past.passed(l):
			return err
		case spoil:
			return w.note(entry{Lab: l.Name, Answer: true})
		}
		way := fmt.Sprintf("gopark lab hint %s, or --spoil if you want it all the same", l.Name)
		if _, ok := w.started(l); !ok {
			way = fmt.Sprintf("gopark lab start %s, or --spoil if you only want to read", l.Name)
		}
		return notYet{hint.With(fmt.Errorf("%s has not been passed", l.Name), "%s", way)}
	})
	if err != nil {
		return shownAnswer{}, err
	}
	source, err := w.source(l, "answer.go")
	if err != nil {
		return shownAnswer{}, fmt.Errorf("show the answer: %w", err)
	}
	return shownAnswer{l.Name, strings.TrimRight(string(source), "\n") + "\n", l.Page().Why}, nil
}

// notYet marks an error that says that something comes after a pass.
type notYet struct{ error }

func (notYet) ExitCode() int   { return cli.ExitFailed }
func (e notYet) Unwrap() error { return e.error }
