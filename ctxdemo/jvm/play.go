package jvm

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
)

//go:embed Interrupts.java
var program []byte

// install is the way out for who has no Java.
const install = "install a JDK, 17 or later (from https://adoptium.net, or a package like openjdk-17-jdk-headless), and have its java in PATH, or JAVA_HOME point to it"

// Find returns the path of this machine's java: that of JAVA_HOME if it is set, else that in
// PATH. The error is an experiment.ErrUnmet.
func Find() (string, error) {
	if home := os.Getenv("JAVA_HOME"); home != "" {
		java := filepath.Join(home, "bin", "java")
		if _, err := exec.LookPath(java); err != nil {
			return "", hint.With(experiment.Unmet("JAVA_HOME is %s, where there is no bin/java", home), "%s", install)
		}
		return java, nil
	}
	java, err := exec.LookPath("java")
	if err != nil {
		return "", hint.With(experiment.Unmet("there is no java on this machine"), "%s", install)
	}
	return java, nil
}

// Options say what to play, and how.
type Options struct {
	Runs     int      // of each case; default 1
	Prefixes []string // of the names of the cases; none means all

	// Java are options for the JVM; nil means some that make it start fast, because most of the
	// time goes into compiling the program.
	Java []string
	// Command is what java is run by, with its arguments: taskset -c 0. It may be empty.
	Command []string

	Played func(Row)    // is called for every case, as soon as it has been played; may be nil
	Said   func(string) // is called for every line that the JVM writes to stderr; may be nil
}

// errNotPlayed is that the program has failed in some cases, and has said which.
var errNotPlayed = errors.New("not all cases could be played")

// Play plays cases on a JVM, given by the path of its java, and returns what it has seen of
// them. When ctx ends, the JVM is killed. A JVM that cannot run the program at all is an
// experiment.ErrUnmet.
//
// The files that it needs are in a folder of their own, which is removed at the end. If this
// process is killed by SIGKILL, the JVM goes with it, but that folder stays.
func Play(ctx context.Context, java string, o Options) ([]Row, error) {
	folder, err := os.MkdirTemp("", "gopark-jvm-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the program: %w", err)
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "Interrupts.java")
	if err := os.WriteFile(file, program, 0o600); err != nil {
		return nil, fmt.Errorf("write the program: %w", err)
	}

	heard := hearing{Options: o}
	out, errs := byLine(heard.row), byLine(heard.said)
	status, err := child.Run(ctx, o.spec(java, folder, file, func(s child.Stream, p []byte) {
		if s == child.Stdout {
			out(p)
		} else {
			errs(p)
		}
	}))
	switch {
	case err != nil:
		return nil, err
	case ctx.Err() != nil:
		return heard.rows, context.Cause(ctx)
	case status.Limit != child.None:
		return heard.rows, fmt.Errorf("run java: %s", status.Reason)
	case heard.broken != nil:
		return heard.rows, heard.broken
	case status.Signal != "":
		return heard.rows, fmt.Errorf("run java: ended by %s", status.Signal)
	case status.Exit != 0 && len(heard.rows) == 0:
		return nil, hint.With(experiment.Unmet("%s cannot run the program: %s", java, heard.reason()), "%s", install)
	case status.Exit != 0:
		return heard.rows, errNotPlayed
	}
	return heard.rows, nil
}

func (o Options) spec(java, folder, file string, output func(child.Stream, []byte)) child.Spec {
	runs := max(1, o.Runs)
	options := o.Java
	if options == nil {
		options = []string{"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"}
	}
	line := slices.Concat(o.Command,
		// Whatever it writes, it writes into the folder.
		[]string{java, "-Xmx256m", "-XX:-UsePerfData", "-Djava.io.tmpdir=" + folder}, options,
		[]string{file, "--runs", strconv.Itoa(runs)}, o.Prefixes)
	return child.Spec{
		Path: line[0], Args: line[1:], Dir: folder,
		Limits: child.Limits{
			Wall:   time.Duration(runs)*2*time.Minute + 5*time.Minute, // a guard against one that hangs
			Memory: 8 << 30,                                           // a JVM sets aside much more than it uses
		},
		Output: output,
	}
}

// hearing is what a JVM has said so far.
type hearing struct {
	Options
	rows   []Row
	errors []string // the lines of stderr
	broken error    // a line that is not a row
}

func (h *hearing) row(line string) {
	var r Row
	if err := json.Unmarshal([]byte(line), &r); err != nil {
		h.broken = fmt.Errorf("read what the JVM says, %q: %w", line, err)
		return
	}
	h.rows = append(h.rows, r)
	if h.Played != nil {
		h.Played(r)
	}
}

func (h *hearing) said(line string) {
	h.errors = append(h.errors, line)
	if h.Said != nil {
		h.Said(line)
	}
}

// reason is the first thing that a JVM, or what only looks like one, has complained about.
func (h *hearing) reason() string {
	for _, line := range h.errors {
		if strings.TrimSpace(line) != "" {
			return strings.TrimSpace(line)
		}
	}
	return "it does not say why"
}

// byLine returns a function that takes text in pieces, and calls f for every line of it.
func byLine(f func(line string)) func(p []byte) {
	var rest []byte
	return func(p []byte) {
		rest = append(rest, p...)
		for {
			line, after, whole := bytes.Cut(rest, []byte("\n"))
			if !whole {
				return
			}
			f(string(line))
			rest = after
		}
	}
}
