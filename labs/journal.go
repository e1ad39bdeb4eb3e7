package labs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lab.example/gopark/labs/judge"
)

// entry is one line of the journal: something that happened with a lab. Exactly one of
// Verdict, Hint, Answer and Reset is set.
type entry struct {
	At      time.Time     `json:"at,omitzero"` // absent in lines of earlier versions
	Lab     string        `json:"lab"`
	Content string        `json:"content,omitempty"` // what Verdict is about; see work.content
	Verdict judge.Verdict `json:"verdict,omitempty"`
	Hint    int           `json:"hint,omitempty"`   // the hint of this level was shown
	Answer  bool          `json:"answer,omitempty"` // the answer was shown before the lab was passed
	Reset   bool          `json:"reset,omitempty"`
}

// journal is the file of all that happened, one JSON object a line. It is only ever
// appended to.
func (w work) journal() string { return filepath.Join(w.root, "work", "journal.jsonl") }

// note appends e to the journal, with the time of now if it has none. The caller holds
// the lock, or needs none. It is one write: what dies halfway leaves at most one torn
// line, which stays by itself.
func (w work) note(e entry) (err error) {
	if e.At.IsZero() {
		e.At = time.Now().UTC().Truncate(time.Millisecond)
	}
	f, err := os.OpenFile(w.journal(), os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = fmt.Errorf("write the journal: %w", err)
		}
	}()
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if info, err := f.Stat(); err != nil {
		return err
	} else if info.Size() > 0 {
		last := make([]byte, 1)
		if _, err := f.ReadAt(last, info.Size()-1); err != nil {
			return err
		}
		if last[0] != '\n' {
			line = append([]byte("\n"), line...)
		}
	}
	_, err = f.Write(line)
	return err
}

// history is the journal, oldest first.
type history []entry

// history reads the journal. Lines that cannot be read are passed over: the last one
// may be torn, and a later version may write others.
func (w work) history() (history, error) {
	text, err := os.ReadFile(w.journal())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	var h history
	for line := range strings.Lines(string(text)) {
		var e entry
		if json.Unmarshal([]byte(line), &e) == nil && e.Lab != "" {
			h = append(h, e)
		}
	}
	return h, nil
}

// verdict returns the last verdict on this content of the lab's answer, or "".
func (h history) verdict(l Lab, content string) (last judge.Verdict) {
	for _, e := range h {
		if e.Lab == l.Name && e.Content == content && e.Verdict != "" {
			last = e.Verdict
		}
	}
	return last
}

// passed reports whether any answer to l has ever passed.
func (h history) passed(l Lab) bool {
	for _, e := range h {
		if e.Lab == l.Name && e.Verdict == judge.Pass {
			return true
		}
	}
	return false
}

// hints returns how many hints to l have been shown.
func (h history) hints(l Lab) (most int) {
	for _, e := range h {
		if e.Lab == l.Name {
			most = max(most, e.Hint)
		}
	}
	return most
}
