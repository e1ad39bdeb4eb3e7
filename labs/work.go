package labs

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
)

// work is the learner's side of the module.
type work struct {
	root string // of the module
}

// here returns the work in the module that the current folder is in.
func here() (work, error) {
	root, err := root(".")
	return work{root}, err
}

// answerName is the learner's file of l, below the module's folder.
func answerName(l Lab) string { return filepath.Join("work", l.Name, "answer.go") }

func (w work) answer(l Lab) string { return filepath.Join(w.root, answerName(l)) }

// source reads a file of the lab itself.
func (w work) source(l Lab, name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(w.root, filepath.FromSlash(l.Folder()), filepath.FromSlash(name)))
}

// started reports whether the learner has an answer, and when it was last written.
func (w work) started(l Lab) (at time.Time, ok bool) {
	info, err := os.Stat(w.answer(l))
	if err != nil {
		return time.Time{}, false
	}
	return info.ModTime(), true
}

// current returns the lab whose answer was written last: the one that the learner is
// at.
func (w work) current() (Lab, error) {
	var current Lab
	var latest time.Time
	for _, l := range w.labs() {
		if at, ok := w.started(l); ok && (current.Name == "" || at.After(latest)) {
			current, latest = l, at
		}
	}
	if current.Name == "" {
		return Lab{}, cli.Usage(hint.With(errors.New("no lab has been started"), "gopark lab start %s", All[0].Name))
	}
	return current, nil
}

// allStarted are the labs that the learner has an answer to.
func (w work) allStarted() (labs []Lab) {
	for _, l := range w.labs() {
		if _, ok := w.started(l); ok {
			labs = append(labs, l)
		}
	}
	return labs
}

// errStarted is wrapped by what start returns if there is an answer already.
var errStarted = errors.New("has been started already")

// start makes the learner's copy of l. An answer that is there already is not touched,
// unless again is true: then start returns the name under which it is kept, or "" if
// the learner has changed nothing in it. The caller holds the lock.
func (w work) start(l Lab, again bool) (kept string, err error) {
	begin, err := w.source(l, "testdata/start.go")
	if err != nil {
		return "", fmt.Errorf("start %s: %w", l.Name, err)
	}
	if _, err := os.Lstat(w.answer(l)); err == nil {
		if !again {
			return "", cli.Usage(hint.With(fmt.Errorf("%s %w", l.Name, errStarted),
				"go on in %s, or begin again with --force, which keeps your answer", answerName(l)))
		}
		if kept, err = w.setAside(l); err != nil {
			return kept, fmt.Errorf("start %s: %w", l.Name, err)
		}
	}
	if err := w.copyGiven(l); err != nil {
		return kept, fmt.Errorf("start %s: %w", l.Name, err)
	}
	if err := w.put(l, begin); err != nil {
		return kept, fmt.Errorf("start %s: %w", l.Name, err)
	}
	return kept, nil
}

// copyGiven copies what is not the learner's to write: the given code, the judge, and
// the page without hints and explanation.
func (w work) copyGiven(l Lab) error {
	folder := filepath.Dir(w.answer(l))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, name := range append(l.judged(), "page.md") {
		text, err := w.source(l, name)
		if err != nil {
			return err
		}
		if name == "page.md" {
			text = fmt.Appendf(nil, "%s\nHints, one by one: gopark lab hint %s. The explanation comes after you have passed:\ngopark lab answer %s.\n",
				parsePage(string(text)).Given, l.Name, l.Name)
		}
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// judged are the files of l that an answer is compiled and judged with: the given code,
// the tests, and those of a second stage if there is one.
func (l Lab) judged() []string {
	all := []string{l.Name + ".go", l.Name + "_test.go"}
	more, _ := fs.Glob(l.Files(), "*.go") // the pattern is in order
	for _, name := range more {
		if name != "answer.go" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// content identifies what a verdict is about: the learner's answer, and the lab that
// it was judged by. When either changes, the verdict is about something else.
func (w work) content(l Lab) (string, error) {
	sum := sha256.New()
	answer, err := os.ReadFile(w.answer(l))
	if err != nil {
		return "", err
	}
	fmt.Fprintf(sum, "%d\n%s", len(answer), answer)
	for _, name := range l.judged() {
		text, err := w.source(l, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%d\n%s", len(text), text)
	}
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}
