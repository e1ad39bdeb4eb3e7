package timeline

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The text form of an event is one line of words:
//
//	12.5µs observed G7 Runnable->Running on=P0
//	0s inferred context:root/a Live->Canceled cause="boss said stop"
//	3ms observed signal:SIGUSR1/kernel ->Pending count=1000
//
// time, provenance, subject, transition (nothing before the arrow when the state
// before is not known), then attributes. A value that is not a plain word is quoted
// as in Go. Parse(e.String()) gives e back for every valid event.

// String returns "G7", "P0", "M3", or "kind:ID" for the other kinds.
func (s Subject) String() string {
	switch s.Kind {
	case Goroutine, Proc, Thread:
		return string(s.Kind) + s.ID
	default:
		return string(s.Kind) + ":" + s.ID
	}
}

// ParseSubject is the inverse of Subject.String.
func ParseSubject(text string) (Subject, error) {
	if kind, id, ok := strings.Cut(text, ":"); ok {
		s := Subject{Kind(kind), id}
		switch _, known := States[s.Kind]; {
		case !known || len(kind) == 1:
			return Subject{}, fmt.Errorf("unknown kind of subject %q", kind)
		case !isID(s.Kind, id):
			return Subject{}, fmt.Errorf("subject %q has an unusable ID", text)
		}
		return s, nil
	}
	for _, kind := range []Kind{Goroutine, Proc, Thread} {
		if id, ok := strings.CutPrefix(text, string(kind)); ok && isID(kind, id) {
			return Subject{kind, id}, nil
		}
	}
	return Subject{}, fmt.Errorf("cannot read subject %q: want G7, P0, M3 or kind:ID", text)
}

func (e Event) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v %s %s %s->%s", e.At, e.Provenance, e.Subject, e.From, e.To)
	for _, a := range e.Attrs {
		b.WriteByte(' ')
		b.WriteString(a.Key)
		b.WriteByte('=')
		if isWord(a.Value) {
			b.WriteString(a.Value)
		} else {
			b.WriteString(strconv.Quote(a.Value))
		}
	}
	return b.String()
}

// Parse reads one line of the text form. The event that it returns is valid.
func Parse(line string) (Event, error) {
	e, err := parse(line)
	if err == nil {
		err = e.Validate()
	}
	if err != nil {
		return Event{}, fmt.Errorf("parse event %q: %w", line, err)
	}
	return e, nil
}

func parse(line string) (e Event, err error) {
	rest := line
	word := func() (w string) {
		w, rest, _ = strings.Cut(rest, " ")
		return w
	}
	if e.At, err = time.ParseDuration(word()); err != nil {
		return e, err
	}
	e.Provenance = Provenance(word())
	if e.Subject, err = ParseSubject(word()); err != nil {
		return e, err
	}
	from, to, ok := strings.Cut(word(), "->")
	if !ok {
		return e, errors.New(`no transition: want "From->To" after the subject`)
	}
	e.From, e.To = State(from), State(to)
	for rest != "" {
		key, value, ok := strings.Cut(rest, "=")
		if !ok || !isKey(key) {
			return e, fmt.Errorf("cannot read attribute at %q: want key=value", rest)
		}
		if strings.HasPrefix(value, `"`) {
			quoted, err := strconv.QuotedPrefix(value)
			if err != nil {
				return e, fmt.Errorf("attribute %s: %w", key, err)
			}
			rest = value[len(quoted):]
			if value, err = strconv.Unquote(quoted); err != nil {
				return e, fmt.Errorf("attribute %s: %w", key, err)
			}
			if rest != "" && !strings.HasPrefix(rest, " ") {
				return e, fmt.Errorf("attribute %s: text after the closing quote", key)
			}
			rest = strings.TrimPrefix(rest, " ")
		} else {
			value, rest, _ = strings.Cut(value, " ")
			if !isWord(value) {
				return e, fmt.Errorf("attribute %s: %q must be quoted", key, value)
			}
		}
		e.Attrs = append(e.Attrs, Attr{key, value})
	}
	return e, nil
}

// isWord reports whether s can stand unquoted: not empty, printable, without
// spaces and quotes.
func isWord(s string) bool {
	return s != "" && utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool {
		return r == '"' || unicode.IsSpace(r) || !unicode.IsPrint(r)
	}) < 0
}

// isID reports whether a subject of this kind can have this ID. In "G7" no colon
// parts the kind from the ID, so one in the ID would be taken for that.
func isID(kind Kind, id string) bool {
	return isWord(id) && (len(kind) > 1 || !strings.Contains(id, ":"))
}

func isKey(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return r != '-' && (r < 'a' || r > 'z')
	}) < 0
}
