package labs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/labs/judge"
)

// failure is a run that an answer has failed, with all that it takes to look at it and
// to make it again. There is one for each lab: the last.
type failure struct {
	Lab      string         `json:"lab"`
	At       time.Time      `json:"at"`
	Verdict  judge.Verdict  `json:"verdict"`
	Message  string         `json:"message"`
	Place    string         `json:"place"` // in the lab's folder
	Test     string         `json:"test"`
	Evidence judge.Evidence `json:"evidence"`
	Answer   string         `json:"answer"` // the source that was judged
}

func (w work) evidence(l Lab) string {
	return filepath.Join(w.root, "work", ".evidence", l.Name+".json")
}

// keepFailure writes down why an answer was rejected. The caller holds the lock.
func (w work) keepFailure(l Lab, answer []byte, res judge.Result) error {
	text, err := json.MarshalIndent(failure{
		Lab: l.Name, At: time.Now().UTC().Truncate(time.Millisecond),
		Verdict: res.Verdict, Message: res.Message, Place: res.Place, Test: res.Test,
		Evidence: *res.Evidence, Answer: string(answer),
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("keep the evidence: %w", err)
	}
	name := w.evidence(l)
	err = errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name+"~", text, 0o644))
	if err == nil {
		err = os.Rename(name+"~", name) // in one step, for those who read
	}
	if err != nil {
		return fmt.Errorf("keep the evidence: %w", err)
	}
	return nil
}

// errNoFailure is wrapped by what lastFailure returns if there was none.
var errNoFailure = errors.New("no failing run is kept")

func (w work) lastFailure(l Lab) (f failure, err error) {
	text, err := os.ReadFile(w.evidence(l))
	if errors.Is(err, fs.ErrNotExist) {
		return f, cli.Usage(hint.With(fmt.Errorf("%s: %w", l.Name, errNoFailure), "gopark lab check %s keeps one, if it finds one", l.Name))
	}
	if err == nil {
		err = json.Unmarshal(text, &f)
	}
	if err != nil {
		return f, hint.With(fmt.Errorf("read the evidence: %w", err), "gopark lab check %s makes a new one", l.Name)
	}
	return f, nil
}
