package labs

import (
	"encoding/json"
	"time"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/labs/judge"
)

// Report is "gopark lab report".
type Report struct{}

// Help is the long help text.
func (Report) Help() string {
	return `Prints one JSON object for each lab, one a line, for whoever has to look at the work of a
class. Each has
  name      of the lab
  state     "new", "started" or "passed"
  verdict   the last one on the answer as it is now; "" if it has not been checked
  hints     how many hints were shown
  checks    how many verdicts there have been
  spoiled   true if the answer was shown before a pass
  first     when the first thing was noted about the lab; null if nothing was
  passed    when it was passed for the first time; null if it never was
  last      when the last thing was noted

It says what the journal in work/ says, and whoever can edit an answer can edit that too:
to be sure, judge the answer again with gopark lab check.`
}

type reported struct {
	Name    string        `json:"name"`
	State   string        `json:"state"`
	Verdict judge.Verdict `json:"verdict"`
	Hints   int           `json:"hints"`
	Checks  int           `json:"checks"`
	Spoiled bool          `json:"spoiled"`
	First   *time.Time    `json:"first"`
	Passed  *time.Time    `json:"passed"`
	Last    *time.Time    `json:"last"`
}

// Run does it.
func (Report) Run(t *cli.Terminal) error {
	w, err := here()
	if err != nil {
		return err
	}
	all, err := w.list()
	if err != nil {
		return err
	}
	past, err := w.history()
	if err != nil {
		return err
	}
	lines := json.NewEncoder(t.Out)
	for _, l := range all {
		if err := lines.Encode(past.report(l)); err != nil {
			return err
		}
	}
	return nil
}

// report sums up what happened with one lab.
func (h history) report(l listed) reported {
	r := reported{Name: l.Name, State: l.State, Verdict: l.Verdict, Hints: h.hints(Lab{Name: l.Name})}
	for _, e := range h {
		if e.Lab != l.Name {
			continue
		}
		r.Spoiled = r.Spoiled || e.Answer
		if e.Verdict != "" {
			r.Checks++
		}
		if e.At.IsZero() { // the journal's first version
			continue
		}
		if r.First == nil {
			r.First = &e.At
		}
		if r.Passed == nil && e.Verdict == judge.Pass {
			r.Passed = &e.At
		}
		r.Last = &e.At
	}
	return r
}
