package labs

import (
	"slices"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/labs/judge"
)

// List is "gopark lab list".
type List struct {
	JSON bool `help:"Print a JSON array of name, track, title, state, verdict."`
}

// Help is the long help text.
func (List) Help() string {
	return `Shows every lab in order, and how far you are with it.

With --json each element has
  name     "firsterr", for gopark lab start
  track    what it belongs to
  title    of its page
  state    "new", "started" or "passed"
  verdict  the last one on your answer as it is now; "" if it has not been checked`
}

type listed struct {
	Name    string        `json:"name"`
	Track   string        `json:"track"`
	Title   string        `json:"title"`
	State   string        `json:"state"`
	Verdict judge.Verdict `json:"verdict"`
}

// Run does it.
func (c List) Run(t *cli.Terminal) error {
	w, err := here()
	if err != nil {
		return err
	}
	all, err := w.list()
	if err != nil {
		return err
	}
	if c.JSON {
		return t.JSON(all)
	}
	track := ""
	for _, l := range all {
		if l.Track != track {
			track = l.Track
			t.Printf("%s\n", track)
		}
		state := l.State
		if l.State == "started" && l.Verdict != "" {
			state += ", " + string(l.Verdict)
		}
		t.Printf("  %-12s %s (%s)\n", l.Name, l.Title, state)
	}
	t.Printf("\nWork on one: gopark lab start NAME\n")
	return nil
}

func (w work) list() ([]listed, error) {
	past, err := w.history()
	if err != nil {
		return nil, err
	}
	added, err := w.packs()
	if err != nil {
		return nil, err
	}
	labs := slices.Concat(All, added)
	all := make([]listed, len(labs))
	for i, l := range labs {
		all[i] = listed{Name: l.Name, Track: l.Track, Title: l.Page().Title, State: "new"}
		if _, ok := w.started(l); !ok {
			continue
		}
		content, err := w.content(l)
		if err != nil {
			return nil, err
		}
		all[i].State = "started"
		all[i].Verdict = past.verdict(l, content)
		if all[i].Verdict == judge.Pass {
			all[i].State = "passed"
		}
	}
	return all, nil
}
