package book

import (
	"strings"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

// message is what a run tells the pages that watch it: one server-sent event, whose
// name is event() and whose data is the message in JSON.
type message interface{ event() string }

type statusMessage struct {
	State string `json:"state"`           // "queued" or "running"
	Ahead int    `json:"ahead,omitempty"` // its place in the queue, from 1
}

type noteMessage struct {
	Text string `json:"text"`
}

// valueMessage holds the value in its text form: JavaScript's numbers could not.
type valueMessage struct {
	Name string `json:"name"` // "/goroutines/order:goroutines"
	Path string `json:"path"` // "goroutines / order"
	Unit string `json:"unit"` // "goroutines"
	Text string `json:"text"` // "[9 0 1 2]"

	// Lines says that the value is lines of text, which want to be shown as they are.
	Lines bool `json:"lines,omitempty"`

	// Table is set if the value is a table of cases.
	Table *tableMessage `json:"table,omitempty"`

	// Silent says that there is nothing to show: the process printed nothing, no signal
	// ended it.
	Silent bool `json:"silent,omitempty"`
}

type tableMessage struct {
	Header []string   `json:"header"`
	Rows   [][]string `json:"rows"`
}

type eventMessage struct {
	At         string     `json:"at"` // "12.5µs"; "" when only the order is known
	Nanos      int64      `json:"nanos"`
	Provenance string     `json:"provenance"`
	Subject    string     `json:"subject"` // "G7", "context:root/a"
	Kind       string     `json:"kind"`
	ID         string     `json:"id"`
	From       string     `json:"from"` // "" when it is not known
	To         string     `json:"to"`
	State      string     `json:"state"` // of the subject, after the event
	Impossible string     `json:"impossible,omitempty"`
	Attrs      []attrPair `json:"attrs"`
	Text       string     `json:"text"`  // the line of the timeline's text form
	Words      string     `json:"words"` // the same in words
}

type attrPair struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type outputMessage struct {
	Stream string `json:"stream"` // "stdout" or "stderr"
	Text   string `json:"text"`
}

type resultMessage struct {
	Verdict   string           `json:"verdict"` // supported, refuted, unmet, unjudged, stopped, failed
	Reason    string           `json:"reason"`
	Hint      string           `json:"hint,omitempty"`
	Right     *bool            `json:"right"` // null when the run cannot tell
	Predicted int              `json:"predicted"`
	Truth     int              `json:"truth"`
	Choices   []choiceMessage  `json:"choices"`
	Settings  map[string]int64 `json:"settings"`
	Duration  string           `json:"duration"`
	Ending    *endingMessage   `json:"ending"`  // null unless the end of the process is observed
	Dropped   int              `json:"dropped"` // messages that did not fit
}

// choiceMessage travels with the result only: until then the page does not hold it.
type choiceMessage struct {
	Text    string `json:"text"`
	Because string `json:"because"`
}

type endingMessage struct {
	Exit   int64  `json:"exit"` // -1 if a signal ended it
	Signal string `json:"signal"`
}

func (statusMessage) event() string  { return "status" }
func (noteMessage) event() string    { return "note" }
func (valueMessage) event() string   { return "value" }
func (eventMessage) event() string   { return "event" }
func (outputMessage) event() string  { return "output" }
func (*resultMessage) event() string { return "result" }

// itemMessage returns the message for something that a body recorded, or nil. The
// board moves along.
func itemMessage(it experiment.Item, board *timeline.Board) message {
	switch x := it.(type) {
	case experiment.Note:
		return noteMessage{string(x)}
	case experiment.Value:
		return newValueMessage(x)
	case timeline.Event:
		return newEventMessage(x, board)
	}
	return nil
}

func newValueMessage(v experiment.Value) valueMessage {
	path, unit, _ := strings.Cut(v.Name, ":")
	_, text, _ := strings.Cut(experiment.FormatItem(v), " ")
	lines, block := v.V.([]string)
	if block = block && unit == "lines"; block {
		text = strings.Join(lines, "\n")
	}
	m := valueMessage{
		Name: v.Name,
		Path: strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", " / "),
		Unit: unit,
		Text: text,

		Lines:  block,
		Silent: block && len(lines) == 0 || strings.HasPrefix(path, "/process/") && text == `""`,
	}
	if unit == "rows" {
		if t, err := experiment.ParseTable(lines); err == nil && len(t.Rows) > 0 {
			m.Table = &tableMessage{t.Header, t.Rows}
		}
	}
	return m
}

func newEventMessage(e timeline.Event, board *timeline.Board) eventMessage {
	m := eventMessage{
		Nanos:      int64(e.At),
		Provenance: string(e.Provenance),
		Subject:    e.Subject.String(),
		Kind:       string(e.Subject.Kind),
		ID:         e.Subject.ID,
		From:       string(e.From),
		To:         string(e.To),
		Attrs:      []attrPair{},
		Text:       e.String(),
		Words:      narrate(e),
	}
	if e.At > 0 {
		m.At = round(e.At).String()
	}
	if err := board.Apply(e); err != nil {
		m.Impossible = err.Error()
	}
	m.State = string(board.State(e.Subject))
	for _, a := range e.Attrs {
		m.Attrs = append(m.Attrs, attrPair(a))
	}
	return m
}
