package jvm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
)

// Cmd is "gopark jvm".
type Cmd struct {
	Case []string `sep:"none" placeholder:"PREFIX" help:"Only cases whose name begins so: B, B14, law:. May be repeated."`
	Runs int      `default:"1" placeholder:"N" help:"Play each case so many times."`
	JSON bool     `help:"Print a JSON array."`
}

// Help is the long help text.
func (Cmd) Help() string {
	return `Plays every case of the interrupt table on this machine's JVM, and compares: with what was
recorded from a JVM, and with what Go's library does. It takes the java of JAVA_HOME, else the
one in PATH; a JDK 17 or later is needed, and nothing else.

In the table, = is a value as recorded. What differs is printed, with a ! before it. What Go's
library does not have a counterpart for is a -; the line below says why.

The exit status is 0 if all is as recorded, 1 if this JVM or the library differs, 2 if the
command line makes no sense, 3 if there is no JVM that can run the program.

With --json each object has
  case, claim      what it is called, and what it is to show
  recorded         the fields that were recorded
  here             what this JVM has shown, or null if it could not play the case
  differs          the names of the fields in which this JVM is not as recorded
  library          what Go's library shows, or null if the case has no counterpart
  library_differs  the names of the fields in which it is not as recorded, and should be
  because          why the others are not, by name; "" is the case as a whole`
}

// Run does it.
func (c Cmd) Run(ctx context.Context, t *cli.Terminal) error {
	if c.Runs < 1 || c.Runs > 1000 {
		return cli.Usage(hint.With(fmt.Errorf("--runs is %d", c.Runs), "1 to 1000"))
	}
	recorded, err := c.chosen()
	if err != nil {
		return err
	}
	java, err := Find()
	if err != nil {
		return err
	}
	all, jdk, err := c.compareAll(ctx, t, java, recorded)
	if err != nil {
		return err
	}
	n := count(all)
	if c.JSON {
		err = t.JSON(all)
	} else {
		printTable(t, all, recorded[0].JDK, jdk, n)
	}
	if err == nil && !n.whole() {
		err = cli.Status(cli.ExitFailed)
	}
	return err
}

// chosen returns the rows of the record that are to be played.
func (c Cmd) chosen() ([]Row, error) {
	recorded, err := Recorded()
	if err != nil || len(c.Case) == 0 {
		return recorded, err
	}
	var names []string
	for _, r := range recorded {
		names = append(names, r.Case)
	}
	for _, prefix := range c.Case {
		if !slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, prefix) }) {
			return nil, cli.Usage(hint.With(fmt.Errorf("no case begins with %q", prefix), "%s",
				hint.Meant(prefix, names, "cases begin with A, B, C, D, E, F or law:")))
		}
	}
	return slices.DeleteFunc(recorded, func(r Row) bool {
		return !slices.ContainsFunc(c.Case, func(prefix string) bool { return strings.HasPrefix(r.Case, prefix) })
	}), nil
}

// compareAll plays the cases and compares them. It also returns the version of this Java.
func (c Cmd) compareAll(ctx context.Context, t *cli.Terminal, java string, recorded []Row) (all []Comparison, jdk string, err error) {
	lib, err := library()
	if err != nil {
		return nil, "", err
	}
	fmt.Fprintf(t.Err, "gopark: %s compiles Interrupts.java and plays %d of its cases\n", java, len(recorded))
	here := make(map[string]Row)
	_, err = Play(ctx, java, Options{
		Runs: c.Runs, Prefixes: c.Case,
		Played: func(r Row) {
			here[r.Case], jdk = r, r.JDK
			if n := len(here); n%20 == 0 && n < len(recorded) {
				fmt.Fprintf(t.Err, "gopark: %d of %d cases, %s was the last\n", n, len(recorded), r.Case)
			}
		},
		Said: func(line string) { fmt.Fprintf(t.Err, "java: %s\n", line) },
	})
	if err != nil && !errors.Is(err, errNotPlayed) {
		return nil, "", err
	}
	for _, r := range recorded {
		all = append(all, compare(r, here[r.Case], lib[r.Case]))
	}
	return all, jdk, nil
}

func printTable(t *cli.Terminal, all []Comparison, recorded, here string, n tally) {
	const line = "  %-41s  %-29s  %-18s  %s\n"
	t.Printf(line, "", "recorded: Java "+recorded, "Java "+here, "Go's library")
	for _, c := range all {
		t.Prose(c.Case+"  ", "    ", c.Claim)
		for _, field := range c.Recorded {
			t.Printf(line, field.Name, text(field.Value), c.here(field), c.library(field))
		}
		for _, name := range slices.Sorted(maps.Keys(c.Because)) {
			t.Prose("  Go: ", "      ", strings.TrimPrefix(name+": ", ": ")+c.Because[name])
		}
	}
	t.Printf("\nCases: %d. As recorded: %d with Java %s, %d with Go's library; %d have no counterpart there.\n",
		n.cases, n.here, here, n.library, n.excluded)
	for _, c := range all {
		if c.Here == nil {
			t.Printf("  ! %s could not be played\n", c.Case)
			continue
		}
		for _, name := range c.Differs {
			t.Printf("  ! %s: this JVM's %s\n", c.Case, name)
		}
		for _, name := range c.LibraryDiffers {
			t.Printf("  ! %s: the library's %s\n", c.Case, name)
		}
	}
}

// here is the cell of a field for this JVM.
func (c Comparison) here(field Field) string {
	value, ok := c.Here.Get(field.Name)
	switch {
	case !slices.Contains(c.Differs, field.Name):
		return "="
	case !ok:
		return "! not observed"
	}
	return "! " + text(value)
}

// library is the cell of a field for Go's library.
func (c Comparison) library(field Field) string {
	value, ok := c.Library.Get(field.Name)
	switch {
	case slices.Contains(c.LibraryDiffers, field.Name) && !ok:
		return "! not observed"
	case slices.Contains(c.LibraryDiffers, field.Name):
		return "! " + text(value)
	case !ok:
		return "-"
	case c.Because[field.Name] != "":
		return text(value)
	}
	return "="
}

// text is a value for people.
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case map[string]any:
		return "any of " + text(v["any_of"])
	case []any:
		var all []string
		for _, one := range v {
			all = append(all, text(one))
		}
		return strings.Join(all, ", ")
	}
	plain, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(plain)
}
