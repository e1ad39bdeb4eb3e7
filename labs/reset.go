package labs

import (
	"context"
	"fmt"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
)

// Reset is "gopark lab reset NAME".
type Reset struct {
	Name string `arg:"" help:"Which lab."`
	Undo bool   `help:"Bring back the answer that was kept last."`
}

// Help is the long help text.
func (Reset) Help() string {
	return `Puts the answer.go that the lab starts from in the place of yours, and the lab's own files
as they are now. Nothing is lost: your answer is kept beside it as answer.go.~1~, the next
one as answer.go.~2~, and --undo brings the last one back. What --undo replaces is kept in
turn, so that a second --undo takes back the first.`
}

// Run does it.
func (c Reset) Run(ctx context.Context, t *cli.Terminal) error {
	w, err := here()
	if err != nil {
		return err
	}
	l, err := w.find(c.Name)
	if err != nil {
		return err
	}
	kept, err := w.reset(ctx, l, c.Undo)
	if err != nil {
		return err
	}
	switch {
	case c.Undo:
		t.Printf("%s is what it was before\n", answerName(l))
	case kept == "":
		t.Printf("%s is as it was in the beginning: you had changed nothing\n", answerName(l))
	default:
		t.Printf("%s is as it was in the beginning\n", answerName(l))
	}
	if kept != "" {
		t.Printf("  kept  %s\n", kept)
		t.Printf("  back  gopark lab reset %s --undo\n", l.Name)
	}
	return nil
}

// reset puts the start in the place of the learner's answer, or with undo the answer
// that was kept last. It returns the name under which the replaced one is kept, or "".
func (w work) reset(ctx context.Context, l Lab, undo bool) (kept string, err error) {
	err = w.locked(ctx, func() error {
		if undo {
			if kept, err = w.bringBack(l); err != nil {
				return err
			}
			return nil
		}
		if _, ok := w.started(l); !ok {
			return cli.Usage(hint.With(fmt.Errorf("there is no %s", answerName(l)), "gopark lab start %s", l.Name))
		}
		if kept, err = w.start(l, true); err != nil {
			return err
		}
		return w.note(entry{Lab: l.Name, Reset: true})
	})
	return kept, err
}
