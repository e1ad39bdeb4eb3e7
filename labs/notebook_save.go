package labs

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"unicode/utf8"

	"lab.example/gopark/internal/exercise"
	"lab.example/gopark/internal/hint"
)

// A page and an editor have the same file, and an editor knows nothing of the lock. So
// the file that is to be replaced is moved away first and looked at after that: what an
// editor saved up to then is in it, and what it saves from then on is a new file, which
// is not written over.

// Save makes text the learner's answer if the file still has the hash base, and begins the lab
// if base is "". If the file is another one, and not text already, nothing changes, saved is
// false, and the sheet has what is there. With keep the text that is replaced is kept for Undo.
func (Notebook) Save(ctx context.Context, name, text, base string, keep bool) (s exercise.Sheet, saved bool, err error) {
	w, l, err := find(name)
	if err != nil {
		return s, false, err
	}
	err = w.locked(ctx, func() error {
		if saved, err = w.replace(l, text, base, keep); err != nil {
			return fmt.Errorf("save the answer: %w", err)
		}
		s, err = w.sheet(l)
		return err
	})
	return s, saved && err == nil, err
}

// replace does what Save says. The caller holds the lock.
func (w work) replace(l Lab, text, base string, keep bool) (saved bool, err error) {
	old, hash, err := w.read(l)
	switch {
	case err != nil:
		return false, err
	case hash != "" && string(old) == text:
		return true, nil
	case hash != base:
		return false, nil
	case hash == "":
		if _, err := w.start(l, false); err != nil {
			return false, err
		}
		base = hashOf(old)
	}
	return w.exchange(l, []byte(text), base, keep)
}

// exchange puts text in the place of the answer with the hash base.
func (w work) exchange(l Lab, text []byte, base string, keep bool) (saved bool, err error) {
	last, err := w.kept(l)
	if err != nil {
		return false, err
	}
	aside := filepath.Join(w.root, keptName(l, last+1))
	if err := os.Rename(w.answer(l), aside); err != nil {
		return false, err
	}
	old, err := os.ReadFile(aside)
	if err != nil {
		return false, err
	}
	if hashOf(old) != base { // saved after it was read
		return false, w.giveBack(l, aside)
	}
	if err := w.putWhole(l, text); err != nil {
		if errors.Is(err, fs.ErrExist) { // saved after it was moved away
			return false, nil // and what was there before is kept
		}
		return false, errors.Join(err, w.giveBack(l, aside))
	}
	if keep {
		return true, nil
	}
	return true, os.Remove(aside)
}

// giveBack moves a file that was taken away to its place, unless there is another one.
func (w work) giveBack(l Lab, aside string) error {
	err := os.Link(aside, w.answer(l))
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return errors.Join(err, os.Remove(aside))
}

// putWhole writes the answer where there is none, so that nobody ever sees a part of it.
func (w work) putWhole(l Lab, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(w.answer(l)), ".answer-*~")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err := errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), w.answer(l))
}

// read returns the learner's answer and its hash; of a lab that has not been begun, what
// it begins with, and "".
func (w work) read(l Lab) (text []byte, hash string, err error) {
	text, err = os.ReadFile(w.answer(l))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		text, err = w.source(l, "testdata/start.go")
		return text, "", err
	case err != nil:
		return nil, "", err
	case !utf8.Valid(text):
		return nil, "", hint.With(fmt.Errorf("%s is not UTF-8", answerName(l)), "Go source is UTF-8: mend it in an editor")
	}
	return text, hashOf(text), nil
}

// hash is that of the learner's answer.
func (w work) hash(l Lab) (string, error) {
	text, err := os.ReadFile(w.answer(l))
	if err != nil {
		return "", err
	}
	return hashOf(text), nil
}

func hashOf(text []byte) string { return fmt.Sprintf("%x", sha256.Sum256(text)) }
