package timeline

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// examples are lines in the form in which String prints them.
var examples = map[string]Event{
	"12.5µs observed G7 Runnable->Running on=P0": {
		At: 12500 * time.Nanosecond, Provenance: Observed, Subject: G(7), From: Runnable, To: Running,
		Attrs: []Attr{{"on", "P0"}},
	},
	`0s inferred context:root/a Live->Canceled cause="boss said stop"`: {
		Provenance: Inferred, Subject: Subject{Context, "root/a"}, From: Live, To: Canceled,
		Attrs: []Attr{{"cause", "boss said stop"}},
	},
	"3ms observed signal:SIGUSR1/kernel ->Pending count=1000": {
		At: 3 * time.Millisecond, Provenance: Observed, Subject: Subject{Signal, "SIGUSR1/kernel"}, To: Pending,
		Attrs: []Attr{{"count", "1000"}},
	},
	"1h0m0s simulated P3 Idle->Running": {
		At: time.Hour, Provenance: Simulated, Subject: P(3), From: Idle, To: Running,
	},
	"-1ns observed M0 Running->Syscall": {
		At: -1, Provenance: Observed, Subject: M(0), From: Running, To: Syscall,
	},
	`0s observed process:receiver ->Exited a="" b="\"" c="\xff\n" d=x=y e="z  " f-g=ü h="\u200b"`: {
		Provenance: Observed, Subject: Subject{Process, "receiver"}, To: Exited,
		Attrs: []Attr{{"a", ""}, {"b", `"`}, {"c", "\xff\n"}, {"d", "x=y"}, {"e", "z  "}, {"f-g", "ü"}, {"h", "\u200b"}},
	},
	"0s observed value:a:b->c Inside->Outside": {
		Provenance: Observed, Subject: Subject{Value, "a:b->c"}, From: Inside, To: Outside,
	},
}

func TestTextFormOfExamples(t *testing.T) {
	for line, event := range examples {
		require.Equal(t, line, event.String())
		got, err := Parse(line)
		require.NoError(t, err)
		require.Equal(t, event, got)
	}
}

// What Parse accepts beside what String prints: people write lines, too.
func TestParseAcceptsOtherSpellings(t *testing.T) {
	for line, printed := range map[string]string{
		"12500ns observed G7 ->Running":          "12.5µs observed G7 ->Running",
		"1us observed G7 ->Running":              "1µs observed G7 ->Running",
		"0 observed G7 ->Running":                "0s observed G7 ->Running",
		`0s observed G7 ->Running on="P0"`:       "0s observed G7 ->Running on=P0",
		`0s observed G7 ->Running on="\x500" `:   "0s observed G7 ->Running on=P0",
		"0s observed G7 ->Running on=P0 ":        "0s observed G7 ->Running on=P0",
		"0s observed G7 ->Running on=`raw`":      "0s observed G7 ->Running on=`raw`",
		`0s observed G7 ->Running on="a\tb" b=c`: `0s observed G7 ->Running on="a\tb" b=c`,
	} {
		e, err := Parse(line)
		require.NoError(t, err)
		require.Equal(t, printed, e.String())
	}
}

func TestParseRefuses(t *testing.T) {
	for line, reason := range map[string]string{
		"":                                          `time: invalid duration ""`,
		"soon observed G1 ->Running":                `time: invalid duration "soon"`,
		"0s":                                        `cannot read subject "": want G7, P0, M3 or kind:ID`,
		"0s observed":                               `cannot read subject "": want G7, P0, M3 or kind:ID`,
		"0s  observed G1 ->Running":                 `cannot read subject "observed": want G7, P0, M3 or kind:ID`,
		"0s observed G ->Running":                   `cannot read subject "G": want G7, P0, M3 or kind:ID`,
		"0s observed g1 ->Running":                  `cannot read subject "g1": want G7, P0, M3 or kind:ID`,
		"0s observed 7 ->Running":                   `cannot read subject "7": want G7, P0, M3 or kind:ID`,
		"0s observed G:1 ->Running":                 `unknown kind of subject "G"`,
		"0s observed G1:2 ->Running":                `unknown kind of subject "G1"`,
		"0s observed :1 ->Running":                  `unknown kind of subject ""`,
		"0s observed thing:1 ->Running":             `unknown kind of subject "thing"`,
		"0s observed context: ->Live":               `subject "context:" has an unusable ID`,
		"0s observed context:\" ->Live":             `subject "context:\"" has an unusable ID`,
		"0s observed G1":                            `no transition: want "From->To" after the subject`,
		"0s observed G1 Running":                    `no transition: want "From->To" after the subject`,
		"0s observed G1 Runnable -> Running":        `no transition: want "From->To" after the subject`,
		"0s guessed G1 ->Running":                   `unknown provenance "guessed": want observed, inferred or simulated`,
		"0s observed G1 Runnable->":                 `G1 cannot be in state ""`,
		"0s observed G1 ->Idle":                     `G1 cannot be in state "Idle"`,
		"0s observed G1 Idle->Running":              `G1 cannot be in state "Idle"`,
		"0s observed G1 ->Running\n":                `G1 cannot be in state "Running\n"`,
		"0s observed G1 ->Waiting->Running":         `G1 cannot be in state "Waiting->Running"`,
		"0s observed G1 ->Running on":               `cannot read attribute at "on": want key=value`,
		"0s observed G1 ->Running  on=P0":           `cannot read attribute at " on=P0": want key=value`,
		"0s observed G1 ->Running On=P0":            `cannot read attribute at "On=P0": want key=value`,
		"0s observed G1 ->Running =P0":              `cannot read attribute at "=P0": want key=value`,
		"0s observed G1 ->Running on=":              `attribute on: "" must be quoted`,
		"0s observed G1 ->Running on=a\"b":          `attribute on: "a\"b" must be quoted`,
		"0s observed G1 ->Running on=a\tb":          `attribute on: "a\tb" must be quoted`,
		"0s observed G1 ->Running on=\xff":          `attribute on: "\xff" must be quoted`,
		"0s observed G1 ->Running on=\"a":           `attribute on: invalid syntax`,
		"0s observed G1 ->Running on=\"\\q\"":       `attribute on: invalid syntax`,
		"0s observed G1 ->Running on=\"a\"b":        `attribute on: text after the closing quote`,
		"0s observed G1 ->Running on=\"a\"by=\"b\"": `attribute on: text after the closing quote`,
	} {
		e, err := Parse(line)
		require.ErrorContains(t, err, reason, "%q", line)
		require.True(t, strings.HasPrefix(err.Error(), "parse event "), err)
		require.Zero(t, e)
	}
}

// anyEvent draws events, most of them valid.
var anyEvent = rapid.Custom(func(t *rapid.T) Event {
	kind := rapid.SampledFrom(kinds()).Draw(t, "kind")
	state := rapid.SampledFrom(States[kind])
	text := rapid.OneOf(
		rapid.String(),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
	)
	attr := rapid.Custom(func(t *rapid.T) Attr {
		return Attr{rapid.StringMatching("[a-z-]+").Draw(t, "key"), text.Draw(t, "value")}
	})
	id := rapid.OneOf(rapid.StringMatching("[0-9]+"), rapid.StringMatching("[a-z:/]+"), text.Filter(isWord), text)
	e := Event{
		At:         time.Duration(rapid.Int64().Draw(t, "at")),
		Provenance: rapid.SampledFrom([]Provenance{Observed, Inferred, Simulated}).Draw(t, "provenance"),
		Subject:    Subject{kind, id.Draw(t, "id")},
		From:       rapid.OneOf(state, rapid.Just(State(""))).Draw(t, "from"),
		To:         state.Draw(t, "to"),
	}
	if attrs := rapid.SliceOfN(attr, 0, 3).Draw(t, "attrs"); len(attrs) > 0 {
		e.Attrs = attrs
	}
	return e
})

// An event is valid exactly if its text form gives it back.
func TestTextFormRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		event := anyEvent.Draw(t, "event")
		invalid := event.Validate()
		got, err := Parse(event.String())
		if invalid != nil {
			require.True(t, err != nil || !reflect.DeepEqual(event, got), "read although invalid: %v", invalid)
			return
		}
		require.NoError(t, err)
		require.Equal(t, event, got)
		require.NotContains(t, event.String(), "\n")
	})
}

// Parse never panics, and what it accepts is printed in a form that means the same.
func FuzzParse(f *testing.F) {
	for line := range examples {
		f.Add(line)
	}
	f.Add("0s observed G1:2 ->Running")
	f.Add("1us observed G7 ->Running on=\"\\x50\" on=`a` ")
	f.Fuzz(func(t *testing.T, line string) {
		event, err := Parse(line)
		if err != nil {
			require.Zero(t, event)
			return
		}
		require.NoError(t, event.Validate())
		printed := event.String()
		again, err := Parse(printed)
		require.NoError(t, err)
		require.Equal(t, event, again)
		require.Equal(t, printed, again.String())
	})
}
