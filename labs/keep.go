package labs

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
)

// Answers that make room for another are kept beside it as answer.go.~1~, answer.go.~2~
// and so on, the way cp --backup=numbered calls them: the go command does not look at
// them, and they are never written over.

// kept returns the numbers of the kept answers to l, and the largest of them, or 0.
func (w work) kept(l Lab) (last int, err error) {
	files, err := os.ReadDir(filepath.Dir(w.answer(l)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	for _, f := range files {
		number, ok := strings.CutPrefix(f.Name(), "answer.go.~")
		if number, ok2 := strings.CutSuffix(number, "~"); ok && ok2 {
			if n, err := strconv.Atoi(number); err == nil {
				last = max(last, n)
			}
		}
	}
	return last, nil
}

func keptName(l Lab, n int) string { return fmt.Sprintf("%s.~%d~", answerName(l), n) }

// setAside takes the learner's answer away: after it there is none. It returns the name
// under which it is kept; "" if there was nothing that the learner has written. The
// file itself moves, so that whatever an editor saves at this moment is kept too.
func (w work) setAside(l Lab) (name string, err error) {
	last, err := w.kept(l)
	if err != nil {
		return "", fmt.Errorf("keep your answer: %w", err)
	}
	name = keptName(l, last+1)
	to := filepath.Join(w.root, name)
	if err := os.Rename(w.answer(l), to); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return "", nil
		}
		return "", fmt.Errorf("keep your answer: %w", err)
	}
	begin, err := w.source(l, "testdata/start.go")
	if err != nil {
		return name, fmt.Errorf("keep your answer: %w", err)
	}
	if mine, err := os.ReadFile(to); err == nil && bytes.Equal(mine, begin) {
		return "", os.Remove(to)
	}
	return name, nil
}

// put writes the learner's answer where there is none.
func (w work) put(l Lab, text []byte) error {
	f, err := os.OpenFile(w.answer(l), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// errNothingKept is wrapped by what bringBack returns if there is nothing to bring
// back.
var errNothingKept = errors.New("no answer is kept")

// bringBack puts the answer that was kept last into its place again. The one that is
// there is kept instead, so that a second bringBack takes the first one back.
func (w work) bringBack(l Lab) (kept string, err error) {
	last, err := w.kept(l)
	if err != nil {
		return "", fmt.Errorf("bring back your answer: %w", err)
	}
	if last == 0 {
		return "", cli.Usage(hint.With(fmt.Errorf("%s: %w", l.Name, errNothingKept),
			"answers are kept by gopark lab reset %s", l.Name))
	}
	from := filepath.Join(w.root, keptName(l, last))
	text, err := os.ReadFile(from)
	if err != nil {
		return "", fmt.Errorf("bring back your answer: %w", err)
	}
	if kept, err = w.setAside(l); err != nil {
		return "", err
	}
	if err := w.put(l, text); err != nil {
		return kept, fmt.Errorf("bring back your answer: %w", err)
	}
	if err := os.Remove(from); err != nil {
		return kept, fmt.Errorf("bring back your answer: %w", err)
	}
	return kept, nil
}
