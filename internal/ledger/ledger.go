// Package ledger answers: which claims does the lab owe its reader, and what has
// been found out about each?
//
// The claims come from notes that working engineers wrote down as they believed
// them. claims.jsonl holds one row a claim: its text, the verdict, why, and the Go
// version with which the verdict was last checked. Which experiments answer a row is
// not written there: the experiments say so themselves (Experiment.Claims), and
// Rows puts the two together.
package ledger

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"lab.example/gopark/internal/experiment"
)

// Verdict is the standing of a claim.
type Verdict string

const (
	Holds   Verdict = "holds"   // an experiment supports it as stated
	Refined Verdict = "refined" // true only under a condition that an experiment shows
	Wrong   Verdict = "wrong"   // an experiment refutes it
	History Verdict = "history" // true of an older Go or an older Linux
	Open    Verdict = "open"    // not answered yet
)

// Row is one claim.
type Row struct {
	ID          string   `json:"id"`   // section letter and number: "P3"
	Text        string   `json:"text"` // Markdown: code in backquotes
	Verdict     Verdict  `json:"verdict"`
	Because     string   `json:"because,omitempty"` // what the experiments show, in a sentence
	Checked     string   `json:"checked,omitempty"` // Go version of the last check
	Experiments []string `json:"experiments"`       // IDs, in reading order; never null
}

// Section is a group of rows with the same letter.
type Section struct {
	Letter string
	Title  string
}

// Sections lists the sections in order.
var Sections = []Section{
	{"P", "Panics and process exit"},
	{"S", "Signals"},
	{"C", "Context"},
	{"I", "Interrupt-style cancellation"},
	{"G", "GMP scheduling"},
	{"R", "The red packet"},
	{"D", "Delivery between goroutines and processes"},
}

// Section returns the letter of the row's section.
func (r Row) Section() string { return r.ID[:1] }

//go:embed claims.jsonl
var claims []byte

// Rows returns every claim in order, with the experiments of c that answer it. The
// error names everything that does not fit: a verdict without an experiment, an
// experiment that answers a row which is still open or does not exist.
func Rows(c experiment.Catalogue) ([]Row, error) {
	rows, err := parse(claims)
	if err != nil {
		return nil, err
	}
	return rows, link(rows, c)
}

func parse(data []byte) ([]Row, error) {
	var rows []Row
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	for {
		var r Row
		switch err := decoder.Decode(&r); {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, fmt.Errorf("read claim %d: %w", len(rows)+1, err)
		}
		r.Experiments = []string{}
		rows = append(rows, r)
	}
}

// link fills in the experiments of rows and checks that both sides agree.
func link(rows []Row, c experiment.Catalogue) error {
	var problems []error
	index := make(map[string]int)
	for i, r := range rows {
		if _, taken := index[r.ID]; taken {
			problems = append(problems, fmt.Errorf("claim %s is listed twice", r.ID))
		}
		index[r.ID] = i
	}
	for e := range c.All() {
		for _, id := range e.Claims {
			if i, ok := index[id]; ok {
				rows[i].Experiments = append(rows[i].Experiments, e.ID)
			} else {
				problems = append(problems, fmt.Errorf("experiment %s answers claim %q, which does not exist", e.ID, id))
			}
		}
	}
	for _, r := range rows {
		problems = append(problems, r.check())
	}
	return errors.Join(problems...)
}

func (r Row) check() error {
	switch r.Verdict {
	case Holds, Refined, Wrong, History:
		if len(r.Experiments) == 0 {
			return fmt.Errorf("claim %s has verdict %q and no experiment", r.ID, r.Verdict)
		}
		if r.Because == "" || r.Checked == "" {
			return fmt.Errorf("claim %s has verdict %q but does not say why, or with which Go", r.ID, r.Verdict)
		}
	case Open:
		if len(r.Experiments) > 0 {
			return fmt.Errorf("claim %s is open although %s answers it", r.ID, r.Experiments[0])
		}
	default:
		return fmt.Errorf("claim %s has unknown verdict %q", r.ID, r.Verdict)
	}
	return nil
}
