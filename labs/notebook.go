package labs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lab.example/gopark/internal/exercise"
	"lab.example/gopark/labs/judge"
)

// Notebook is the learner's work as the pages of the notebook ask for it: the same files,
// journal, lock and history as on the command line, below the module that the current
// folder is in. The zero Notebook is ready to use.
// It is an exercise.Work.
type Notebook struct{}

var _ exercise.Work = Notebook{}

// Ready returns nil if the current folder is in the module, whose sources the judge
// compiles.
func (Notebook) Ready() error {
	_, err := here()
	return err
}

// Load returns a lab as it is now.
func (n Notebook) Load(ctx context.Context, name string) (exercise.Sheet, error) {
	return n.after(ctx, name, func(work, Lab) error { return nil })
}

// Check judges the answer that is in the file, as "gopark lab check" does, and notes the
// verdict. It calls told from the calling goroutine.
func (Notebook) Check(ctx context.Context, name string, told func(stage string, runs, of int)) (exercise.Judgement, error) {
	w, err := here()
	if err != nil {
		return exercise.Judgement{}, err
	}
	l, err := w.which(name)
	if err != nil {
		return exercise.Judgement{}, err
	}
	before, err := w.hash(l)
	if err != nil {
		return exercise.Judgement{}, err
	}
	begin := time.Now()
	res, unnoted, err := w.checkAnswer(ctx, l, judge.Standard(), w.telling(told), nil)
	if err != nil {
		return exercise.Judgement{}, err
	}
	j := judgement(res)
	j.Took = time.Since(begin).Round(100 * time.Millisecond).String()
	if after, err := w.hash(l); err == nil && after == before {
		j.Hash = after
	}
	if unnoted != nil {
		j.Next = fmt.Sprintf("%s (this verdict could not be noted: %v)", j.Next, unnoted)
	}
	return j, nil
}

// Hint takes one more hint, if there is one.
func (n Notebook) Hint(ctx context.Context, name string) (exercise.Sheet, error) {
	return n.after(ctx, name, func(w work, l Lab) error {
		_, err := w.hint(ctx, l, false)
		return err
	})
}

// Reset keeps the answer and begins again.
func (n Notebook) Reset(ctx context.Context, name string) (exercise.Sheet, error) {
	return n.after(ctx, name, func(w work, l Lab) error {
		_, err := w.reset(ctx, l, false)
		return err
	})
}

// Undo brings back the answer that was kept last, and keeps the one that was there.
func (n Notebook) Undo(ctx context.Context, name string) (exercise.Sheet, error) {
	return n.after(ctx, name, func(w work, l Lab) error {
		_, err := w.reset(ctx, l, true)
		return err
	})
}

// after does something with a lab and returns how it is then. It looks with the lock held:
// while somebody saves there is no answer for a moment, and that is not a lab that has not
// been begun.
func (Notebook) after(ctx context.Context, name string, do func(work, Lab) error) (s exercise.Sheet, err error) {
	w, l, err := find(name)
	if err == nil {
		err = do(w, l)
	}
	if err != nil {
		return exercise.Sheet{}, err
	}
	err = w.locked(ctx, func() (err error) {
		s, err = w.sheet(l)
		return err
	})
	return s, err
}

// Answer returns the lab's own answer to those who have passed, or give up, which is
// noted. To others it shows nothing.
func (Notebook) Answer(ctx context.Context, name string, giveUp bool) (source string, shown bool, err error) {
	w, l, err := find(name)
	if err != nil {
		return "", false, err
	}
	a, err := w.reveal(ctx, l, giveUp)
	if _, ok := errors.AsType[notYet](err); ok {
		return "", false, nil
	}
	return a.Answer, err == nil, err
}

// Progress returns how far the learner is with each lab, in their order.
func (Notebook) Progress(ctx context.Context) (standings []exercise.Standing, err error) {
	w, err := here()
	if err != nil {
		return nil, err
	}
	err = w.locked(ctx, func() error {
		all, err := w.list()
		for _, l := range all {
			standings = append(standings, exercise.Standing{Name: l.Name, State: l.State, Verdict: string(l.Verdict)})
		}
		return err
	})
	return standings, err
}

func find(name string) (work, Lab, error) {
	w, err := here()
	if err != nil {
		return work{}, Lab{}, err
	}
	l, err := w.find(name)
	return w, l, err
}

// sheet reads l as it is now.
func (w work) sheet(l Lab) (exercise.Sheet, error) {
	text, hash, err := w.read(l)
	if err != nil {
		return exercise.Sheet{}, fmt.Errorf("load the answer: %w", err)
	}
	past, err := w.history()
	if err != nil {
		return exercise.Sheet{}, err
	}
	last, err := w.kept(l)
	if err != nil {
		return exercise.Sheet{}, err
	}
	s := exercise.Sheet{
		File: answerName(l), Text: string(text), Hash: hash, Kept: last > 0,
		Hints: past.hints(l), Passed: past.passed(l), GaveUp: past.gaveUp(l), Stages: []string{"build"},
	}
	for _, stage := range judge.Standard().Stages {
		s.Stages = append(s.Stages, stage.Name)
	}
	if content, err := w.content(l); err == nil {
		s.Verdict = string(past.verdict(l, content))
	}
	return s, nil
}

// gaveUp reports whether the lab's own answer has been shown to somebody who had not
// passed.
func (h history) gaveUp(l Lab) bool {
	for _, e := range h {
		if e.Lab == l.Name && e.Answer {
			return true
		}
	}
	return false
}

// telling is the judgeFunc that tells by numbers what goes on.
func (w work) telling(told func(stage string, runs, of int)) judgeFunc {
	return func(ctx context.Context, l Lab, answer string, plan judge.Plan, _ func(string)) (judge.Result, error) {
		return judge.Check(ctx, w.subject(l, answer), plan,
			judge.OnEvent(func(e judge.Event) { told(e.Stage, e.Runs, e.Of) }))
	}
}

func judgement(res judge.Result) exercise.Judgement {
	j := exercise.Judgement{
		Verdict: string(res.Verdict), Passed: res.Verdict == judge.Pass, Doubt: res.Verdict == judge.Inconclusive,
		Meaning: meanings[res.Verdict], Message: res.Message, Place: res.Place, Test: res.Test,
		Next: onward(res.Verdict), Stages: []exercise.Stage{}, Groups: []exercise.Group{}, Output: res.Output, Runs: res.Runs,
	}
	for _, s := range res.Stages {
		j.Stages = append(j.Stages, exercise.Stage{Name: s.Name, Verdict: string(s.Verdict), Runs: s.Runs, Note: s.Note})
	}
	if res.Evidence != nil {
		for _, g := range res.Evidence.Groups {
			j.Groups = append(j.Groups, exercise.Group(g))
		}
	}
	return j
}

// meanings says what each verdict means to those who meet it for the first time.
var meanings = map[judge.Verdict]string{
	judge.Pass:         "It does what it should, in every run.",
	judge.Build:        "It does not compile.",
	judge.Vet:          "It compiles, and go vet has found a mistake in it.",
	judge.Assert:       "It does something else than it should.",
	judge.Flaky:        "It does something else than it should, in some runs.",
	judge.Race:         "Two goroutines use the same memory, one of them writes, and nothing orders them.",
	judge.Deadlock:     "Every goroutine waits, and none of them can go on.",
	judge.Leak:         "It has returned, and something of it is left.",
	judge.Hang:         "It had not ended when its time was up.",
	judge.Panic:        "A panic that nothing recovered.",
	judge.Fatal:        "The runtime gave up, or a limit was met.",
	judge.Exit:         "The process ended before the tests had.",
	judge.Inconclusive: "What could be checked is in order, but not everything could be.",
}

// onward says what to do after a verdict, where the command line would name a command.
func onward(v judge.Verdict) string {
	switch v {
	case judge.Pass:
		return "Read why it works, and compare it with the lab's own answer."
	case judge.Inconclusive:
		return "The race detector needs cgo and a C compiler (gcc or clang): this is not a pass yet."
	case judge.Build, judge.Vet:
		return "Repair it, and check again."
	}
	return "If you do not see why, take a hint."
}
