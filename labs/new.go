package labs

import (
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
)

// New is "gopark lab new NAME".
type New struct {
	Name string `arg:"" help:"Of the lab, its folder and its package: lower-case letters and digits."`
}

// Help is the long help text.
func (New) Help() string {
	return `For authors: makes the folder labs/NAME with everything that a lab consists of. It compiles,
and its contract test fails and says what to write first. Then it says the next thing, and
when it passes, the lab is whole.`
}

// Run does it.
func (c New) Run(t *cli.Terminal) error {
	w, err := here()
	if err != nil {
		return err
	}
	files, err := w.scaffold(c.Name)
	if err != nil {
		return err
	}
	for _, name := range files {
		t.Printf("  %s\n", name)
	}
	t.Printf("\nIn labs/labs.go, add %s to the go:embed line, and to All the line\n\n", c.Name)
	t.Printf("\t{Name: %q, Track: \"...\"},\n\n", c.Name)
	t.Printf("Then go test ./labs/contract/... -run TestContract/%s says what to write.\n", c.Name)
	return nil
}

var labName = regexp.MustCompile(`^[a-z][a-z0-9]*$`)

// taken are names that mean something else below labs, or to the go command.
var taken = []string{"judge", "probe", "answer", "main", "internal", "vendor", "testdata", "packs", "contract"}

// scaffold makes the folder of a new lab and returns the names of its files from the
// module's folder. Nothing that is there is touched.
func (w work) scaffold(name string) (files []string, err error) {
	if !labName.MatchString(name) || token.IsKeyword(name) || slices.Contains(taken, name) {
		return nil, cli.Usage(hint.With(fmt.Errorf("%q cannot be the name of a lab", name),
			"it is a folder and a package: lower-case letters and digits, such as firsterr"))
	}
	folder := Lab{Name: name}.Folder()
	err = os.Mkdir(filepath.Join(w.root, filepath.FromSlash(folder)), 0o755)
	if errors.Is(err, fs.ErrExist) {
		return nil, cli.Usage(hint.With(fmt.Errorf("%s is there already", folder), "choose another name, or go on there"))
	}
	for _, f := range txtar.Parse([]byte(strings.NewReplacer("NAME", name, "MODULE", modulePath).Replace(template))).Files {
		path := filepath.Join(filepath.FromSlash(folder), filepath.FromSlash(f.Name))
		files = append(files, path)
		path = filepath.Join(w.root, path)
		err = errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, f.Data, 0o644))
	}
	if err != nil {
		return nil, fmt.Errorf("make %s: %w", folder, err)
	}
	return files, nil
}

// template holds the files of a new lab. What it says is written to be replaced, and
// whatever is not breaks the contract.
const template = `
-- NAME.go --
// Package NAME asks: which question?
//
// Say in two sentences what there is to do. Read NAME.go (what is given), then write Do
// in answer.go until the tests in NAME_test.go pass.
package NAME

import "context"

// Doer is what Do must be. Say what that means, to the letter, in numbered sentences, and
// write a test for each:
//
//  1. ...
type Doer func(ctx context.Context) error

var _ Doer = Do
-- answer.go --
package NAME

import "context"

// Do is the answer. Write it as you would show it to a friend.
func Do(context.Context) error { return nil }
-- NAME_test.go --
package NAME

import (
	"testing"

	"go.uber.org/goleak"

	"MODULE/labs/probe"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A message says what is wrong with the answer, for somebody who cannot see the test. If
// the bug has a name, the message begins with it: "leak: the reader is still there".
func TestNothingIsWritten(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		_ = Do(t.Context())
		t.Fatal("write the tests: in NAME_test.go, one for each numbered sentence of NAME.go, and Do in answer.go, which passes them")
	})
}
-- page.md --
# Title of NAME

A story: where does one meet this problem, and what does a mistake cost?

## Task

Write ` + "`Do` in `answer.go`" + `. [Doer](NAME.go#Doer) says what that means, to the letter.

## Hints

### Hint 1: where to look

Which part of the standard library is made for this?

### Hint 2: what to think about

Which question decides it?

### Hint 3: what to write

Nearly the answer, in words.

## Why

Why [Do](answer.go#Do) works, and why the classic mistakes do not.
-- testdata/start.go --
package NAME

import "context"

// Do is what learners start from: it compiles, it ends, and a test says by an assertion
// what is missing.
func Do(context.Context) error { return nil }
-- testdata/wrong/mistake.go --
package NAME

import "context"

// Do is a classic mistake. Rename the file after it, and say here why one makes it.
func Do(context.Context) error { return nil }

// verdict: THE-BUG: words of the message that it must be rejected with
`
