package experiment

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"lab.example/gopark/internal/hint"
)

// Chapter is one topic: what it is about, and its experiments in reading order.
// The order is a teaching decision, so it is written by hand.
type Chapter struct {
	Topic       string // "scheduler": the folder
	Title       string // "Scheduling"
	Intro       string // two or three sentences for the contents page
	Experiments []*Experiment
}

// Catalogue is all chapters in reading order.
type Catalogue []Chapter

// All yields every experiment in reading order.
func (c Catalogue) All() iter.Seq[*Experiment] {
	return func(yield func(*Experiment) bool) {
		for _, chapter := range c {
			for _, e := range chapter.Experiments {
				if !yield(e) {
					return
				}
			}
		}
	}
}

// IDs returns the ID of every experiment in reading order.
func (c Catalogue) IDs() []string {
	var ids []string
	for e := range c.All() {
		ids = append(ids, e.ID)
	}
	return ids
}

// ErrUnknown is wrapped by the error that Find returns.
var ErrUnknown = errors.New("unknown experiment")

// Find returns the experiment with this ID. The error of an unknown ID carries the
// nearest ones as its hint.
func (c Catalogue) Find(id string) (*Experiment, error) {
	for e := range c.All() {
		if e.ID == id {
			return e, nil
		}
	}
	return nil, hint.With(fmt.Errorf("%w %q", ErrUnknown, id), "%s",
		hint.Meant(id, c.IDs(), "gopark list shows them all"))
}

// Validate reports everything that is wrong with the experiments and their order.
func (c Catalogue) Validate() error {
	var problems []error
	var seen []string
	for _, chapter := range c {
		for _, e := range chapter.Experiments {
			problems = append(problems, e.Validate())
			if e.Topic() != chapter.Topic {
				problems = append(problems, fmt.Errorf("experiment %s is listed under topic %s", e.ID, chapter.Topic))
			}
			if slices.Contains(seen, e.ID) {
				problems = append(problems, fmt.Errorf("experiment %s is listed twice", e.ID))
			}
			seen = append(seen, e.ID)
		}
	}
	return errors.Join(problems...)
}
