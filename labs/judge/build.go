package judge

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lab.example/gopark/internal/child"
)

const module = "lab.example/gopark"

// What the judge adds to a lab when it compiles it: the package receipt, and a last test.
// Files are compiled, and tests run, in the order of the files' names, those of a package
// of its own after all others.
const (
	receiptFolder = "labs/judge/receipt"
	receiptTest   = "TestReceiptForTheJudge"
	receiptFile   = "zzz_receipt_test.go"
	outerFile     = "zzz_receipt_outer_test.go"
)

//go:embed receipt/receipt.go
var receiptSource []byte

// buildLimits are for the go command and the compilers that it starts. They are there
// against accidents: a build that meets one is an error, not a verdict.
var buildLimits = child.Limits{
	Wall:   5 * time.Minute, // a first build under the race detector compiles the standard library
	Memory: 8 << 30,
	File:   1 << 30,
}

// lavish is how freely compiler and linker use memory, unless the reader has said it:
// somebody waits, and a tenth of the time that these short processes take is the garbage
// collector's.
const lavish = "400"

// binary is a compiled test, or the reason why there is none.
type binary struct {
	path    string
	race    bool
	command []string
	finding Finding // Pass, Build or Vet; Inconclusive if this machine has no race detector
	output  string  // of the go command
}

// lay writes the answer and the overlay that puts it into its place. The compiler
// complains about the file that it reads, so that one is called answer.go, whatever
// the candidate's name is.
func (w *workshop) lay() error {
	replaced := make(map[string]string)
	put := func(place, name string, source []byte) error {
		file := filepath.Join(w.dir, name)
		replaced[place] = file
		return os.WriteFile(file, source, 0o644)
	}
	err := errors.Join(
		put(filepath.Join(w.folder, answerFile), answerFile, w.source),
		put(filepath.Join(w.root, filepath.FromSlash(receiptFolder), "receipt.go"), "receipt.go", receiptSource))
	for name, source := range w.lab.receipts() {
		err = errors.Join(err, put(filepath.Join(w.folder, name), name, source))
	}
	overlay, marshalErr := json.Marshal(map[string]any{"Replace": replaced})
	w.overlay = filepath.Join(w.dir, "overlay.json")
	return errors.Join(err, marshalErr, os.WriteFile(w.overlay, overlay, 0o644))
}

// receipts are the files with the last test. The package under test must import package
// receipt itself, so that the secret is taken before any of its code runs.
func (l lab) receipts() map[string][]byte {
	const test = `

import (
	"testing"

	"` + module + "/" + receiptFolder + `"
)

func ` + receiptTest + `(t *testing.T) { receipt.Give(t) }
`
	if !l.external {
		return map[string][]byte{receiptFile: []byte("package " + l.pkg + test)}
	}
	return map[string][]byte{
		receiptFile: []byte("package " + l.pkg + "\n\nimport _ \"" + module + "/" + receiptFolder + "\"\n"),
		outerFile:   []byte("package " + l.pkg + "_test" + test),
	}
}

// build compiles the lab's tests around the answer. A build under the race detector comes
// after a plain one of the same source has succeeded: if it fails, then for lack of
// something on this machine.
func (w *workshop) build(ctx context.Context, race, vet bool) (*binary, error) {
	b := &binary{path: filepath.Join(w.dir, "plain.test"), race: race}
	if f := w.lab.admits(w.source); f.Verdict != Pass {
		b.finding, b.output = f, fmt.Sprintf("%s: %s\n", f.Place, f.Message)
		return b, nil
	}
	args := []string{"test", "-c", "-overlay", w.overlay, "-ldflags=-s -w"}
	if race {
		b.path = filepath.Join(w.dir, "race.test")
		args = append(args, "-race")
	}
	if vet {
		args = append(args, "-vet=all")
	} else {
		args = append(args, "-vet=off")
	}
	args = append(args, "-o", b.path, "./"+w.Lab)
	b.command = append([]string{"go"}, args...)

	var out strings.Builder
	status, err := child.Run(ctx, child.Spec{
		Path: w.goTool,
		Args: args,
		Dir:  w.root,
		// The reader's own toolchain with the reader's own settings: it may have to
		// download what the tests import. Nothing of the answer runs here.
		Env:    append(os.Environ(), "PWD="+w.root, "GOWORK=off", "GOGC="+cmp.Or(os.Getenv("GOGC"), lavish)),
		Limits: buildLimits,
		Output: func(_ child.Stream, p []byte) { out.Write(p) },
	})
	switch {
	case err != nil:
		return nil, err
	case status.Limit == child.Cancelled:
		return nil, context.Cause(ctx)
	case status.Limit != child.None:
		return nil, fmt.Errorf("build: %s", status.Reason)
	}
	b.output = out.String()
	switch {
	case status.Exit == 0:
		b.finding = Finding{Verdict: Pass}
	case race:
		b.finding = Finding{Verdict: Inconclusive, Message: firstLine(b.output)}
	default:
		b.finding, err = ReadBuild(b.output)
	}
	return b, err
}

func firstLine(s string) string {
	for line := range strings.Lines(strings.TrimSpace(s)) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") {
			return strings.TrimPrefix(line, "go: ")
		}
	}
	return strings.TrimSpace(s)
}
