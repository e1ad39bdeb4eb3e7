// Package cli answers: how does a reader work with the lab from a terminal?
//
// Each command is a struct whose fields are its flags and whose Run does it; main
// puts them together with those of other packages. A command writes to a Terminal
// and returns errors. Fail, which main calls, is the only place where an error becomes
// text and an exit status.
//
// Read terminal.go and fail.go, then a command: list.go, run.go (ask.go, report.go),
// claims.go, doctor.go.
package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// Terminal is where a command reads and writes.
type Terminal struct {
	In          io.Reader
	Out         io.Writer // results
	Err         io.Writer // progress and errors
	Interactive bool      // a person is there to answer: In and Out are terminals
	Width       int       // columns to wrap prose at
}

// Standard returns the process's own terminal.
func Standard() *Terminal {
	t := &Terminal{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Width: 80}
	in, out := int(os.Stdin.Fd()), int(os.Stdout.Fd())
	t.Interactive = term.IsTerminal(in) && term.IsTerminal(out)
	if width, _, err := term.GetSize(out); err == nil && width > 0 {
		t.Width = min(width, 100)
	}
	return t
}

// Printf writes to Out.
func (t *Terminal) Printf(format string, args ...any) {
	fmt.Fprintf(t.Out, format, args...)
}

// JSON writes v to Out, indented, with a newline.
func (t *Terminal) JSON(v any) error {
	encoder := json.NewEncoder(t.Out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// Prose writes text to Out, wrapped, with every line indented by indent and the first
// by first instead.
func (t *Terminal) Prose(first, indent, text string) {
	line, empty := first, true
	for word := range strings.FieldsSeq(text) {
		if !empty && runes(line)+1+runes(word) > t.Width {
			t.Printf("%s\n", line)
			line, empty = indent, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	t.Printf("%s\n", line)
}

func runes(s string) int { return len([]rune(s)) }
