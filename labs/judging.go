package labs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/labs/judge"
)

// judgeFunc judges the answer in a file. It calls told, if that is not nil, with what
// goes on. Tests have their own.
type judgeFunc func(ctx context.Context, l Lab, answer string, plan judge.Plan, told func(string)) (judge.Result, error)

// judge is the judgeFunc of everybody else.
func (w work) judge(ctx context.Context, l Lab, answer string, plan judge.Plan, told func(string)) (judge.Result, error) {
	var options []judge.Option
	if told != nil {
		options = append(options, judge.OnEvent(func(e judge.Event) { told(progress(e)) }))
	}
	res, err := judge.Check(ctx, w.subject(l, answer), plan, options...)
	if errors.Is(err, exec.ErrNotFound) {
		err = notHere{err}
	}
	return res, err
}

func (w work) subject(l Lab, answer string) judge.Subject {
	return judge.Subject{Root: w.root, Lab: l.Folder(), Answer: answer}
}

// checkAnswer judges the learner's answer to l and notes what comes out. A verdict that
// cannot be noted is a verdict still: unnoted says why.
func (w work) checkAnswer(ctx context.Context, l Lab, plan judge.Plan, check judgeFunc, told func(string)) (res judge.Result, unnoted, err error) {
	content, err := w.content(l)
	if err != nil {
		return res, nil, err
	}
	answer, err := os.ReadFile(w.answer(l))
	if err != nil {
		return res, nil, err
	}
	if res, err = check(ctx, l, w.answer(l), plan, told); err != nil {
		return res, nil, err
	}
	unnoted = w.locked(ctx, func() error {
		// Not if the answer has been saved meanwhile: the verdict may be about either.
		if now, err := w.content(l); err != nil || now != content {
			return nil
		}
		err := w.note(entry{Lab: l.Name, Content: content, Verdict: res.Verdict})
		if res.Evidence != nil {
			err = errors.Join(err, w.keepFailure(l, answer, res))
		}
		return err
	})
	return res, unnoted, nil
}

// notHere marks an error that says that nothing can be judged on this machine.
type notHere struct{ error }

func (notHere) ExitCode() int   { return cli.ExitNotHere }
func (e notHere) Unwrap() error { return e.error }

// below returns a place, as the judge names it, from the folder that the file's folder
// is in. No place stays none.
func below(folder, place string) string {
	if place == "" {
		return ""
	}
	return filepath.Join(folder, place)
}

// progress says what a check is doing.
func progress(e judge.Event) string {
	switch {
	case e.Of > 0:
		return fmt.Sprintf("%s: %d of %d runs", e.Stage, e.Runs, e.Of)
	case e.Runs > 0:
		return fmt.Sprintf("%s: %d runs", e.Stage, e.Runs)
	}
	return e.Stage
}
