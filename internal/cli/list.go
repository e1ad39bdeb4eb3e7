package cli

import (
	"lab.example/gopark/internal/experiment"
)

// List is "gopark list".
type List struct {
	JSON bool `help:"Print a JSON array of id, topic, title, question, choices, knobs, claims."`
}

// Help is the long help text.
func (List) Help() string {
	return `Shows every experiment in reading order: its ID, its question and its knobs.

With --json each element has
  id        "scheduler/runnext", for gopark run
  topic     "scheduler"
  question  what to predict
  choices   the predictions, in the order in which --predict counts them from 1
  knobs     objects of name, unit, doc, default, min, max
  claims    the rows of gopark claims that it answers`
}

type listed struct {
	ID       string       `json:"id"`
	Topic    string       `json:"topic"`
	Question string       `json:"question"`
	Choices  []string     `json:"choices"`
	Knobs    []listedKnob `json:"knobs"`
	Claims   []string     `json:"claims"`
}

type listedKnob struct {
	Name    string `json:"name"`
	Unit    string `json:"unit"`
	Doc     string `json:"doc"`
	Default int64  `json:"default"`
	Min     int64  `json:"min"`
	Max     int64  `json:"max"`
}

func list(e *experiment.Experiment) listed {
	l := listed{
		ID: e.ID, Topic: e.Topic(), Question: e.Question,
		Choices: []string{}, Knobs: []listedKnob{}, Claims: append([]string{}, e.Claims...),
	}
	for _, c := range e.Choices {
		l.Choices = append(l.Choices, c.Text)
	}
	for _, k := range e.Knobs {
		l.Knobs = append(l.Knobs, listedKnob(k))
	}
	return l
}

// Run does it.
func (l List) Run(t *Terminal, c experiment.Catalogue) error {
	if l.JSON {
		all := []listed{}
		for e := range c.All() {
			all = append(all, list(e))
		}
		return t.JSON(all)
	}
	for i, chapter := range c {
		if i > 0 {
			t.Printf("\n")
		}
		t.Printf("%s\n", chapter.Title)
		for _, e := range chapter.Experiments {
			t.Printf("  %s\n", e.ID)
			t.Prose("      ", "      ", e.Question)
			for _, k := range e.Knobs {
				t.Printf("      --knob %s=%d   %s (%d to %d)\n", k.Name, k.Default, k.Doc, k.Min, k.Max)
			}
		}
	}
	t.Printf("\nRun one: gopark run ID\n")
	return nil
}
