// Package jvm answers: does Java itself still do what the interrupt table says?
//
// The table was recorded from a JVM, and the interrupt library is held to it. Interrupts.java,
// which is carried along, plays every case of it on the reader's own JVM. "gopark jvm" runs that
// program and puts three things beside each other: what was recorded, what this JVM does, what
// the library does.
//
// Read jvm.go (the records), Interrupts.java (the cases), play.go (running them), compare.go,
// then command.go.
package jvm

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"lab.example/gopark/ctxdemo"
)

// Row is one case: as it was recorded, or as it was played just now.
type Row struct {
	Case          string `json:"case"`
	Claim         string `json:"claim"`
	Observed      Fields `json:"observed"`
	Deterministic bool   `json:"deterministic"` // all runs have shown the same
	Runs          int    `json:"runs"`
	JDK           string `json:"jdk"` // the version of Java: "17.0.15"
}

// Fields are what was observed, in the order of the record: it tells what happened first.
type Fields []Field

// Field is one thing that was observed.
type Field struct {
	Name string
	// Value is as encoding/json has it: a bool, a float64, a string or a []any. For outcomes_seen,
	// it is the set of all outcomes. Where runs have differed, it is {"any_of": [...]}.
	Value any
}

// Get returns the value of a field, and whether there is one.
func (f Fields) Get(name string) (any, bool) {
	i := slices.IndexFunc(f, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return nil, false
	}
	return f[i].Value, true
}

// UnmarshalJSON reads an object and keeps the order of its fields.
func (f *Fields) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if _, err := decoder.Token(); err != nil { // the brace
		return err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		field := Field{Name: fmt.Sprint(name)}
		if err := decoder.Decode(&field.Value); err != nil {
			return err
		}
		*f = append(*f, field)
	}
	return nil
}

// MarshalJSON writes an object.
func (f Fields) MarshalJSON() ([]byte, error) {
	text := []byte("{")
	for i, field := range f {
		if i > 0 {
			text = append(text, ',')
		}
		pair, err := json.Marshal(map[string]any{field.Name: field.Value})
		if err != nil {
			return nil, err
		}
		text = append(text, pair[1:len(pair)-1]...)
	}
	return append(text, '}'), nil
}

//go:embed testdata/more.jsonl
var second []byte // the cases that the first record leaves out, and those of the law; recorded with Interrupts.java

// Recorded returns what a JVM has done in every case, by name: 12 runs or more of each, on all
// cores, on one, and without its compilers.
func Recorded() ([]Row, error) {
	rows, err := first()
	if err != nil {
		return nil, err
	}
	more, err := read[Row](second)
	if err != nil {
		return nil, fmt.Errorf("read second record: %w", err)
	}
	rows = append(rows, more...)
	slices.SortFunc(rows, func(a, b Row) int { return strings.Compare(a.Case, b.Case) })
	return rows, nil
}

// first returns the cases of the record that the library was built to.
func first() ([]Row, error) {
	text, err := ctxdemo.Java()
	if err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	rows, err := read[Row](text)
	if err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	return rows, nil
}

// Library is what the interrupt library shows in one case.
type Library struct {
	Case     string            `json:"case"`
	Observed Fields            `json:"observed"`
	Excluded string            `json:"excluded"` // why the case has no counterpart
	Differs  map[string]string `json:"differs"`  // why a field is not that of the record, or not there
}

// library returns what the library shows, by case.
func library() (map[string]Library, error) {
	text, err := ctxdemo.Conformance()
	if err != nil {
		return nil, fmt.Errorf("read what the library does: %w", err)
	}
	rows, err := read[Library](text)
	if err != nil {
		return nil, fmt.Errorf("read what the library does: %w", err)
	}
	all := make(map[string]Library)
	for _, r := range rows {
		all[r.Case] = r
	}
	return all, nil
}

// read reads one value a line.
func read[T any](lines []byte) ([]T, error) {
	decoder := json.NewDecoder(bytes.NewReader(lines))
	var all []T
	for {
		var one T
		switch err := decoder.Decode(&one); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		all = append(all, one)
	}
}
