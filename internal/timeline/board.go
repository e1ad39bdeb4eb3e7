package timeline

import "fmt"

// Board is the state of everything that the events so far have named. It is the
// only reducer: the terminal, the notebook and the tests all draw what a Board
// says. The zero value is an empty board. It is not safe for concurrent use.
type Board struct {
	subjects []Subject // in the order of their first event
	states   map[Subject]State
}

// Apply moves one subject. An event whose From is known and is not the state that
// the board holds describes a timeline that cannot have happened: Apply refuses it
// and changes nothing. The first event of a subject may come from any state.
func (b *Board) Apply(e Event) error {
	if err := e.Validate(); err != nil {
		return err
	}
	now, seen := b.states[e.Subject]
	if seen && e.From != "" && e.From != now {
		return fmt.Errorf("%s cannot leave state %s: it is %s", e.Subject, e.From, now)
	}
	if !seen {
		if b.states == nil {
			b.states = make(map[Subject]State)
		}
		b.subjects = append(b.subjects, e.Subject)
	}
	b.states[e.Subject] = e.To
	return nil
}

// Subjects returns the subjects in the order of their first event. The caller must
// not change the slice.
func (b *Board) Subjects() []Subject { return b.subjects }

// State returns the state of s, or "" before its first event.
func (b *Board) State(s Subject) State { return b.states[s] }
