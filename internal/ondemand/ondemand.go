// Package ondemand answers: how can an experiment use a library that takes longer to compile
// than everything else here?
//
// What needs the library is a program of its own, a package main that nobody imports. Build
// (build.go) has the go command compile it when it is wanted; Observe runs it and reads what
// it shows. A reader who waits for a first verdict does not wait for a compiler that has half
// a minute to go: then the experiment cannot be measured here, and the reader is told which
// command to run once.
package ondemand

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
)

// Program is one that is built on demand, from the sources of this module and with the
// reader's toolchain.
type Program struct {
	Package string        // import path
	Name    string        // what messages call it: "the consumer"
	Tags    []string      // of the build
	Env     []string      // of the build, beside the environment of this process
	Limit   time.Duration // how long Build waits for the compiler
}

// runTime is how long a run of a program may take.
const runTime = time.Minute

// Observe runs a program, which prints values in the text form of observations, a line each,
// and nothing else. It returns them when the program has ended. A program that exits with
// another status than 0 has failed, for the reason that it gives on its standard error; one
// that is not over in a minute is ErrUnmet. When ctx ends, the program is killed, and the
// error is the cause.
func Observe(ctx context.Context, path string, args ...string) ([]experiment.Value, error) {
	stdout, stderr, status, err := output(ctx, child.Spec{
		Path:   path,
		Args:   args,
		Limits: child.Limits{Wall: runTime},
	})
	switch {
	case err != nil:
		return nil, err
	case status.Limit != child.None:
		return nil, experiment.Unmet("%s was %s", filepath.Base(path), status.Reason)
	case status.Signal != "":
		return nil, fmt.Errorf("%s was ended by %s", filepath.Base(path), status.Signal)
	case status.Exit != 0:
		return nil, errors.New(stderr)
	}
	return parse(stdout)
}

// output runs a process and returns what it has written, without space around it.
func output(ctx context.Context, spec child.Spec) (stdout, stderr string, status child.Status, err error) {
	var streams [2]strings.Builder
	spec.Output = func(s child.Stream, p []byte) {
		if s == child.Stdout {
			streams[0].Write(p)
		} else {
			streams[1].Write(p)
		}
	}
	status, err = child.Run(ctx, spec)
	if err == nil && status.Limit == child.Cancelled {
		err = context.Cause(ctx)
	}
	return strings.TrimSpace(streams[0].String()), strings.TrimSpace(streams[1].String()), status, err
}

// parse reads values, a line each.
func parse(text string) (all []experiment.Value, err error) {
	for line := range strings.Lines(text) {
		item, err := experiment.ParseItem(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return nil, fmt.Errorf("read what the program shows: %w", err)
		}
		v, ok := item.(experiment.Value)
		if !ok {
			return nil, fmt.Errorf("read what the program shows: not a value: %q", line)
		}
		all = append(all, v)
	}
	return all, nil
}
