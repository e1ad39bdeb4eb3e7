// Package experiment answers: what is a claim about the runtime, and what would show
// that it is false?
//
// An Experiment is one such claim as a value: a question, the predictions that a
// reader may make, a body that runs on the reader's machine and records what it saw,
// and a pure check that reads only what was recorded. The terminal, the notebook,
// the tests, the benchmarks and the ledger of claims all use the same value.
//
// A run has one of three outcomes, never two: the check supports the claim, the
// check refutes it (ErrRefuted), or it cannot be measured here (ErrUnmet).
//
// Read experiment.go (the value), observation.go and text.go (what is recorded, and
// its text form), recorder.go (how a body records), do.go (how a run is carried out),
// process.go (bodies in processes of their own), catalogue.go (many experiments).
package experiment

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"time"
)

var (
	// ErrRefuted is what a Check returns, wrapped by Refuted, when the observations
	// contradict the claim.
	ErrRefuted = errors.New("refuted")

	// ErrUnmet is what a body or Do returns, wrapped by Unmet, when the claim cannot be
	// measured here: too few cores, no Go toolchain, a machine too busy to trust.
	ErrUnmet = errors.New("cannot be measured here")

	// ErrKnob is what Settings and bodies return, wrapped by BadKnob, when the knobs are
	// set to something that makes no sense.
	ErrKnob = errors.New("unusable knobs")
)

// Refuted returns an error that wraps ErrRefuted and says what was seen instead.
func Refuted(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrRefuted, fmt.Sprintf(format, args...))
}

// Unmet returns an error that wraps ErrUnmet and says why.
func Unmet(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUnmet, fmt.Sprintf(format, args...))
}

// BadKnob returns an error that wraps ErrKnob and says what does not fit.
func BadKnob(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrKnob, fmt.Sprintf(format, args...))
}

// Body is what runs. It records what it sees and judges nothing. It must return
// soon after ctx ends.
type Body func(ctx context.Context, r *Recorder) error

// Experiment is a claim about the runtime that can fail. The zero values of the
// optional fields are useful; Validate says what is missing.
type Experiment struct {
	ID       string   // "scheduler/runnext": topic and folder
	Question string   // ends in "?"
	Choices  []Choice // at least two predictions; exactly one is True
	Knobs    []Knob   // optional: what the reader may vary

	Run   Body
	Check func(Observations) error // pure; nil: supported, ErrRefuted: refuted, else a failure

	// AnyKnob says that Check judges every setting of the knobs. Without it a run
	// whose knobs are not at their defaults is shown without a verdict.
	AnyKnob bool

	// Isolated runs the body in a process of its own, whose end is part of what is
	// observed: see Ending. Env is added to that process's environment.
	Isolated bool
	Env      []string

	// Actors are bodies of further processes, which Run starts with Recorder.Start.
	Actors map[string]Body

	// Wall is for a run in a process of its own, and optional: how long it may take, where
	// that is longer than the limit of the others, as FirstBuild is.
	Wall time.Duration

	Needs  Needs
	Claims []string // optional: rows of the ledger of claims that it answers: "P3", "S4"
	Files  fs.FS    // page.md, the .go files and testdata/ that the page names
}

// FirstBuild is the Wall of an experiment for which the go command builds a program: the
// first time, it has to compile a standard library, too.
const FirstBuild = 4 * time.Minute

// Choice is one prediction.
type Choice struct {
	Text string // a complete answer to the question, as a reader would say it
	True bool

	// Because tells a reader who chose it what the thought behind it misses, or
	// confirms the right one in a sentence.
	Because string
}

// Knob is an integer that the reader may vary.
type Knob struct {
	Name    string // lower-case words joined by "-"
	Unit    string // plural noun: "goroutines", "bytes"
	Doc     string // what it changes, in a few words
	Default int64
	Min     int64
	Max     int64
}

// Needs lists what must be there for a run to mean anything. The zero value needs
// nothing.
type Needs struct {
	Cores     int    // at least so many usable CPUs
	NoRace    string // not under the race detector, because ... ("" means: may)
	Linux     bool   // a Linux kernel
	Toolchain bool   // the go command and its sources
}

var (
	idForm   = regexp.MustCompile(`^[a-z]+/[a-z]+$`)
	nameForm = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`) // of knobs and marks
)

// Topic returns the first element of the ID.
func (e *Experiment) Topic() string {
	topic, _, _ := strings.Cut(e.ID, "/")
	return topic
}

// Truth returns the index in Choices of the true one, or -1.
func (e *Experiment) Truth() int {
	for i, c := range e.Choices {
		if c.True {
			return i
		}
	}
	return -1
}

// Validate reports everything that is wrong with e, joined into one error.
func (e *Experiment) Validate() error {
	var problems []error
	problem := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("experiment %s: "+format, append([]any{e.ID}, args...)...))
	}
	if !idForm.MatchString(e.ID) {
		problem("ID is not of the form topic/folder")
	}
	if !strings.HasSuffix(e.Question, "?") {
		problem(`question does not end in "?"`)
	}
	truths := 0
	for i, c := range e.Choices {
		if c.Text == "" || c.Because == "" {
			problem("choice %d lacks its text or its because", i+1)
		}
		if c.True {
			truths++
		}
	}
	if len(e.Choices) < 2 || truths != 1 {
		problem("%d choices of which %d are true: want at least 2 and exactly 1", len(e.Choices), truths)
	}
	seen := make(map[string]bool)
	for _, k := range e.Knobs {
		switch {
		case !nameForm.MatchString(k.Name) || seen[k.Name]:
			problem("knob %q: name is unusable or taken", k.Name)
		case k.Doc == "" || k.Unit == "":
			problem("knob %s lacks its doc or its unit", k.Name)
		case k.Min > k.Default || k.Default > k.Max:
			problem("knob %s: default %d is not within %d..%d", k.Name, k.Default, k.Min, k.Max)
		}
		seen[k.Name] = true
	}
	if e.Run == nil || e.Check == nil {
		problem("lacks Run or Check")
	}
	if e.Env != nil && !e.Isolated {
		problem("has Env but is not Isolated: there is no process to set it for")
	}
	if e.Files == nil {
		problem("lacks Files")
	} else if _, err := fs.Stat(e.Files, "page.md"); err != nil {
		problem("has no page: %w", err)
	}
	return errors.Join(problems...)
}
