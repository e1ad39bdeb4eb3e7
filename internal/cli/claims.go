package cli

import (
	"strings"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/internal/ledger"
)

// Claims is "gopark claims".
type Claims struct {
	ID   []string `arg:"" optional:"" help:"Claims or sections to show: P3, S. Default: all."`
	Open bool     `help:"Show only those that no experiment answers yet."`
	JSON bool     `help:"Print a JSON array of id, text, verdict, because, checked, experiments."`
}

// Help is the long help text.
func (Claims) Help() string {
	return `Shows what the notes claim, and what the experiments found.

A verdict is one of
  holds    an experiment supports the claim as stated
  refined  it is true only under a condition that the experiment shows
  wrong    an experiment refutes it
  history  it was true of an older Go or an older Linux
  open     no experiment answers it yet`
}

// Run does it.
func (c Claims) Run(t *Terminal, catalogue experiment.Catalogue) error {
	all, err := ledger.Rows(catalogue)
	if err != nil {
		return err
	}
	rows := []ledger.Row{}
	for _, r := range all {
		if c.wants(r) {
			rows = append(rows, r)
		}
	}
	if len(rows) == 0 && len(c.ID) > 0 && !c.Open {
		return Usage(hint.With(errNoClaim(c.ID), "claims are called P1 to P12, S1 to S20, C, I, G, R and D; gopark claims shows them all"))
	}
	if c.JSON {
		return t.JSON(rows)
	}
	printClaims(t, rows, len(all))
	return nil
}

func (c Claims) wants(r ledger.Row) bool {
	if c.Open && r.Verdict != ledger.Open {
		return false
	}
	for _, id := range c.ID {
		if strings.EqualFold(id, r.ID) || strings.EqualFold(id, r.Section()) {
			return true
		}
	}
	return len(c.ID) == 0
}

type errNoClaim []string

func (e errNoClaim) Error() string { return "no claim is called " + strings.Join(e, " or ") }

func printClaims(t *Terminal, rows []ledger.Row, total int) {
	answered := 0
	for _, section := range ledger.Sections {
		headed := false
		for _, r := range rows {
			if r.Section() != section.Letter {
				continue
			}
			if !headed {
				t.Printf("%s. %s\n", section.Letter, section.Title)
				headed = true
			}
			t.Prose(pad("  "+r.ID, 7)+pad(string(r.Verdict), 9), strings.Repeat(" ", 16), r.Text)
			if r.Verdict == ledger.Open {
				continue
			}
			answered++
			t.Prose(strings.Repeat(" ", 16)+"> ", strings.Repeat(" ", 18), r.Because)
			for _, id := range r.Experiments {
				t.Printf("%18sgopark run %s   (last checked with %s)\n", "", id, r.Checked)
			}
		}
	}
	t.Printf("\n%d of %d claims shown, %d of them answered.\n", len(rows), total, answered)
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-len(s)))
}
