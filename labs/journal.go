package labs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lab.example/gopark/labs/judge"
)

// entry is one line of the journal: a verdict, and what it is about.
type entry struct {
	Lab     string        `json:"lab"`
	Content string        `json:"content"` // see work.content
	Verdict judge.Verdict `json:"verdict"`
}

// journal is the file of all verdicts, one JSON object a line. It is only ever
// appended to.
func (w work) journal() string { return filepath.Join(w.root, "work", "journal.jsonl") }

// note appends e to the journal in one write: lines of two commands at once do not
// mix. The end of a line that was torn off earlier stays by itself.
func (w work) note(e entry) (err error) {
	f, err := os.OpenFile(w.journal(), os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("note the verdict: %w", err)
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = fmt.Errorf("note the verdict: %w", err)
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

// verdicts returns the last verdict on every content, by entry without its Verdict.
// Lines that cannot be read are passed over.
func (w work) verdicts() (map[entry]judge.Verdict, error) {
	text, err := os.ReadFile(w.journal())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	last := make(map[entry]judge.Verdict)
	for line := range strings.Lines(string(text)) {
		var e entry
		if json.Unmarshal([]byte(line), &e) == nil {
			last[entry{Lab: e.Lab, Content: e.Content}] = e.Verdict
		}
	}
	return last, nil
}
