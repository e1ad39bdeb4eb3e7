package experiment

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"lab.example/gopark/internal/hint"
	"lab.example/gopark/internal/timeline"
)

// The text form of observations is one item a line:
//
//	# go1.26.8 linux/amd64, 2 cores           a comment
//	/goroutines/order:goroutines [9 0 1 2]    a value
//	/process/signal:name "SIGKILL"
//	@ 12µs observed G9 Runnable->Running      an event, as in package timeline
//	> warming up                              a note
//	~ ready                                   a mark: a handshake between processes
//	! unmet "needs 4 cores" "use a server"    how the body ended, if not well: an error, its hint
//
// It is what a child process writes to its parent, what `gopark run` prints, and
// what is kept as recorded cases: the reader can paste what they saw into a test.
// An integer has no point and no exponent, a float always has one of them; lists
// are in brackets, and an empty list names its type: [] of int, float or string.

// Item is one line: a Value, a timeline.Event, a Note, a Mark or a Failure.
type Item any

// Note is a line for people.
type Note string

// NewNote makes one printable line of text, whatever is in it.
func NewNote(text string) Note {
	return Note(strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)))
}

// Mark tells another process that a point has been reached. It is no observation.
type Mark string

// Failure is a line that ends a run: the error of a body in another process.
type Failure struct {
	Kind string // "unmet", "knob" or "error"
	Text string
	Hint string // the way out, if the error carried one
}

// kinds pairs the sentinels that survive the way between processes with their name
// in the text form.
var kinds = []struct {
	name     string
	sentinel error
}{{"unmet", ErrUnmet}, {"knob", ErrKnob}}

// Err turns the failure back into the error that the body returned.
func (f Failure) Err() error {
	err := errors.New(f.Text)
	for _, k := range kinds {
		if f.Kind == k.name {
			err = fmt.Errorf("%w: %s", k.sentinel, f.Text)
		}
	}
	if f.Hint != "" {
		err = hint.With(err, "%s", f.Hint)
	}
	return err
}

// failure is the inverse of Failure.Err.
func failure(err error) Failure {
	f := Failure{"error", err.Error(), hint.Of(err)}
	for _, k := range kinds {
		if errors.Is(err, k.sentinel) {
			f.Kind, f.Text = k.name, strings.TrimPrefix(f.Text, k.sentinel.Error()+": ")
		}
	}
	return f
}

// FormatItem returns the line for it, without a newline.
func FormatItem(it Item) string {
	switch x := it.(type) {
	case Value:
		return x.Name + " " + formatLiteral(x.V)
	case timeline.Event:
		return "@ " + x.String()
	case Note:
		return "> " + string(x)
	case Mark:
		return "~ " + string(x)
	case Failure:
		line := "! " + x.Kind + " " + strconv.Quote(x.Text)
		if x.Hint != "" {
			line += " " + strconv.Quote(x.Hint)
		}
		return line
	default:
		panic(fmt.Sprintf("experiment: no text form for a %T", it))
	}
}

// ParseItem reads one line. Blank lines and comments give nil.
func ParseItem(line string) (Item, error) {
	mark, rest, _ := strings.Cut(line, " ")
	switch {
	case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#"):
		return nil, nil
	case mark == "@":
		return timeline.Parse(rest)
	case mark == ">":
		return NewNote(rest), nil
	case mark == "~" && nameForm.MatchString(rest):
		return Mark(rest), nil
	case mark == "!":
		return parseFailure(rest)
	case strings.HasPrefix(mark, "/"):
		v, err := parseLiteral(rest)
		if err == nil {
			return NewValue(mark, v)
		}
		return nil, fmt.Errorf("parse value %s: %w", mark, err)
	}
	return nil, fmt.Errorf("parse line %q: want a value, or a line that starts with @ > ~ ! or #", line)
}

func parseFailure(rest string) (Item, error) {
	kind, texts, _ := strings.Cut(rest, " ")
	list, err := parseList(texts)
	quoted, ok := list.([]string)
	if err != nil || !ok || len(quoted) > 2 || kind != "unmet" && kind != "knob" && kind != "error" {
		return nil, fmt.Errorf("parse line %q: want ! unmet, ! knob or ! error, then a quoted text, then perhaps a quoted hint", "! "+rest)
	}
	return Failure{kind, quoted[0], strings.Join(quoted[1:], "")}, nil
}

// Add takes an item into the observations. A Failure is not an observation and is
// refused.
func (o *Observations) Add(it Item) error {
	switch x := it.(type) {
	case nil, Mark:
	case Value:
		o.Set(x)
	case timeline.Event:
		o.Events = append(o.Events, x)
	case Note:
		o.Notes = append(o.Notes, string(x))
	case Failure:
		return x.Err()
	default:
		return fmt.Errorf("add %T to observations: not an item", it)
	}
	return nil
}

var (
	_ encoding.TextMarshaler   = Observations{}
	_ encoding.TextUnmarshaler = (*Observations)(nil)
)

// MarshalText returns notes, values and events, in this order, a line each.
func (o Observations) MarshalText() ([]byte, error) {
	var b bytes.Buffer
	line := func(it Item) { b.WriteString(FormatItem(it) + "\n") }
	for _, n := range o.Notes {
		line(Note(n))
	}
	for _, v := range o.Values {
		line(v)
	}
	for _, e := range o.Events {
		line(e)
	}
	return b.Bytes(), nil
}

// UnmarshalText replaces o by what text says. An error names the line.
func (o *Observations) UnmarshalText(text []byte) error {
	*o = Observations{}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		it, err := ParseItem(strings.TrimRight(line, "\r\n"))
		if err == nil {
			err = o.Add(it)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return nil
}

func formatLiteral(v any) string {
	switch x := v.(type) {
	case int64:
		return strconv.FormatInt(x, 10)
	case float64:
		return formatFloat(x)
	case string:
		return strconv.Quote(x)
	case bool:
		return strconv.FormatBool(x)
	case []int64:
		return formatList(x, "int", func(n int64) string { return strconv.FormatInt(n, 10) })
	case []float64:
		return formatList(x, "float", formatFloat)
	case []string:
		return formatList(x, "string", strconv.Quote)
	default:
		panic(fmt.Sprintf("experiment: a value cannot be a %T", v))
	}
}

func formatFloat(f float64) string {
	s := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(s, ".eIN") {
		s += ".0"
	}
	return s
}

func formatList[T any](list []T, kind string, format func(T) string) string {
	if len(list) == 0 {
		return "[] " + kind
	}
	words := make([]string, len(list))
	for i, x := range list {
		words[i] = format(x)
	}
	return "[" + strings.Join(words, " ") + "]"
}

var errLiteral = errors.New(`want 1, 1.5, "text", true, [1 2], ["a" "b"] or [] int`)

func parseLiteral(s string) (any, error) {
	switch {
	case s == "true" || s == "false":
		return s == "true", nil
	case s == "[] int":
		return []int64{}, nil
	case s == "[] float":
		return []float64{}, nil
	case s == "[] string":
		return []string{}, nil
	case strings.HasPrefix(s, `"`):
		if text, err := strconv.Unquote(s); err == nil {
			return text, nil
		}
		return nil, errLiteral
	case strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]"):
		return parseList(s[1 : len(s)-1])
	}
	return parseNumber(s)
}

func parseNumber(s string) (any, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, nil
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && !strings.ContainsAny(s, "xX_") {
		return f, nil
	}
	return nil, errLiteral
}

// parseList reads the inside of brackets: all integers, all floats or all strings.
func parseList(s string) (any, error) {
	var list any
	for s != "" {
		word := s
		if strings.HasPrefix(s, `"`) {
			quoted, err := strconv.QuotedPrefix(s)
			if err != nil {
				return nil, errLiteral
			}
			word = quoted
		} else if i := strings.IndexByte(s, ' '); i >= 0 {
			word = s[:i]
		}
		s = s[len(word):]
		if s != "" {
			if s[0] != ' ' || len(s) == 1 {
				return nil, errLiteral
			}
			s = s[1:]
		}
		var err error
		if list, err = appendWord(list, word); err != nil {
			return nil, err
		}
	}
	if list == nil {
		return nil, errLiteral
	}
	return list, nil
}

func appendWord(list any, word string) (any, error) {
	v, err := parseLiteral(word)
	if err != nil {
		return nil, err
	}
	if list == nil {
		switch v.(type) {
		case int64:
			list = []int64(nil)
		case float64:
			list = []float64(nil)
		case string:
			list = []string(nil)
		}
	}
	switch l := list.(type) {
	case []int64:
		if n, ok := v.(int64); ok {
			return append(l, n), nil
		}
	case []float64:
		if f, ok := v.(float64); ok {
			return append(l, f), nil
		}
	case []string:
		if text, ok := v.(string); ok {
			return append(l, text), nil
		}
	}
	return nil, errLiteral
}
