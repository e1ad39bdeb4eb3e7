package judge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/hint"
)

// buildLimits are for the go command and the compilers that it starts. They are there
// against accidents: a build that meets one is an error, not a verdict.
var buildLimits = child.Limits{
	Wall:   5 * time.Minute, // a first build under the race detector compiles the standard library
	Memory: 8 << 30,
	File:   1 << 30,
}

// Limits of a process of tests besides its time.
const (
	plainMemory = 512 << 20
	raceMemory  = 2 << 30 // the race detector takes five to ten times as much
	grace       = 2 * time.Second
)

// workshop is the folder in which one answer is judged, and what the go command has
// to know about it.
type workshop struct {
	Subject
	dir     string // temporary; removed by check
	root    string // Subject.Root without symbolic links, as the go command will see it
	lab     string // the pristine lab, below root
	goTool  string
	overlay string // the file for -overlay
}

// binary is a compiled test, or the reason why there is none.
type binary struct {
	path    string
	race    bool
	finding Finding // Pass, Build or Vet; Inconclusive if this machine has no race detector
	output  string  // of the go command
}

func newWorkshop(s Subject) (_ *workshop, err error) {
	w := &workshop{Subject: s}
	if w.goTool, err = exec.LookPath("go"); err != nil {
		return nil, hint.With(fmt.Errorf("find the go command: %w", err),
			"the judge compiles answers: install Go (https://go.dev/doc/install) and put its bin folder into PATH")
	}
	if w.root, err = filepath.EvalSymlinks(s.Root); err != nil {
		return nil, fmt.Errorf("find the module: %w", err)
	}
	w.lab = filepath.Join(w.root, filepath.FromSlash(s.Lab))
	source, err := os.ReadFile(s.Answer)
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if w.dir, err = os.MkdirTemp("", "gopark-judge-"); err != nil {
		return nil, fmt.Errorf("make a folder to work in: %w", err)
	}
	if err := w.lay(source); err != nil {
		os.RemoveAll(w.dir)
		return nil, fmt.Errorf("make a folder to work in: %w", err)
	}
	return w, nil
}

// lay writes the answer and the overlay that puts it into its place. The compiler
// complains about the file that it reads, so that one is called answer.go, whatever
// the candidate's name is.
func (w *workshop) lay(source []byte) error {
	answer := filepath.Join(w.dir, answerFile)
	w.overlay = filepath.Join(w.dir, "overlay.json")
	overlay, err := json.Marshal(map[string]map[string]string{
		"Replace": {filepath.Join(w.lab, answerFile): answer},
	})
	return errors.Join(err,
		os.WriteFile(answer, source, 0o644),
		os.WriteFile(w.overlay, overlay, 0o644),
		os.Mkdir(w.runDir(), 0o755))
}

// runDir is the working directory of tests: what they leave there goes with the
// workshop. Files of the lab they have to embed.
func (w *workshop) runDir() string { return filepath.Join(w.dir, "run") }

// build compiles the lab's tests around the answer. A plain build is vetted too. A
// build under the race detector comes after a plain one of the same source has
// succeeded: if it fails, then for lack of something on this machine.
func (w *workshop) build(ctx context.Context, race bool) (*binary, error) {
	b := &binary{path: filepath.Join(w.dir, "plain.test"), race: race}
	args := []string{"test", "-c", "-overlay", w.overlay, "-ldflags=-s -w", "-vet=all"}
	if race {
		b.path = filepath.Join(w.dir, "race.test")
		args = append(args, "-race", "-vet=off")
	}
	args = append(args, "-o", b.path, "./"+w.Lab)

	var out strings.Builder
	status, err := child.Run(ctx, child.Spec{
		Path: w.goTool,
		Args: args,
		Dir:  w.root,
		// The reader's own toolchain with the reader's own settings: it may have to
		// download what the tests import. Nothing of the answer runs here.
		Env:    append(os.Environ(), "PWD="+w.root, "GOWORK=off"),
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

// run runs the tests once, as one process.
func (w *workshop) run(ctx context.Context, b *binary, procs int, wall time.Duration) (Run, error) {
	limits := child.Limits{Wall: wall, Grace: grace, Memory: plainMemory}
	if b.race {
		limits.Memory = raceMemory
	}
	var out, errs strings.Builder
	status, err := child.Run(ctx, child.Spec{
		Path: b.path,
		// Without paniconexit0 an answer that calls os.Exit(0) passes. The time limit is
		// ours, not testing's, which does not hold before the first test.
		Args:   []string{"-test.v", "-test.failfast", "-test.paniconexit0", "-test.timeout=0"},
		Dir:    w.runDir(),
		Env:    child.Env(fmt.Sprintf("GOMAXPROCS=%d", procs)),
		Limits: limits,
		Output: func(s child.Stream, p []byte) {
			if s == child.Stdout {
				out.Write(p)
			} else {
				errs.Write(p)
			}
		},
	})
	if err == nil && status.Limit == child.Cancelled {
		err = context.Cause(ctx)
	}
	return Run{out.String(), errs.String(), status}, err
}
