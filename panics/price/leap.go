package price

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"lab.example/gopark/internal/child"
)

// leaps is what the program in C has measured.
type leaps struct {
	prices             map[string][]float64 // in nanoseconds, for each depth
	cleanups, received int64
}

// leap compiles testdata/leap.c and runs it. If it cannot be compiled here, it says why.
func leap(ctx context.Context) (l leaps, absent string, err error) {
	compiler, err := exec.LookPath("cc")
	if err != nil {
		return l, "there is no C compiler called cc", nil
	}
	source, err := files.ReadFile("testdata/leap.c")
	if err != nil {
		return l, "", err
	}
	dir, err := os.MkdirTemp("", "gopark-price-")
	if err != nil {
		return l, "", err
	}
	defer os.RemoveAll(dir)
	file, program := filepath.Join(dir, "leap.c"), filepath.Join(dir, "leap")
	if err := os.WriteFile(file, source, 0o600); err != nil {
		return l, "", err
	}
	if _, err := output(ctx, dir, compiler, "-O1", "-o", program, file); err != nil {
		if ctx.Err() != nil {
			return l, "", context.Cause(ctx)
		}
		return l, fmt.Sprintf("the C compiler failed: %v", err), nil
	}
	text, err := output(ctx, dir, program)
	if err != nil {
		return l, "", err
	}
	l, err = parse(text)
	return l, "", err
}

// output runs a program, with dir for its temporary files, and returns what it prints. Any
// end but status 0 is an error.
func output(ctx context.Context, dir, path string, args ...string) (string, error) {
	var stdout, stderr strings.Builder
	status, err := child.Run(ctx, child.Spec{
		Path: path, Args: args, Dir: dir, Env: child.Env("TMPDIR=" + dir),
		Output: func(s child.Stream, p []byte) {
			if s == child.Stdout {
				stdout.Write(p)
			} else {
				stderr.Write(p)
			}
		},
	})
	if err != nil {
		return "", err
	}
	if status.Exit != 0 {
		return "", fmt.Errorf("%s: exit %d %s %s: %.200s", filepath.Base(path), status.Exit, status.Signal, status.Reason, stderr.String())
	}
	return stdout.String(), nil
}

// parse reads lines of a word and a number: two words that occur once, and for each way of
// leaving one line a depth.
func parse(text string) (leaps, error) {
	l := leaps{prices: make(map[string][]float64)}
	for line := range strings.Lines(text) {
		word, number, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return l, fmt.Errorf("read %q: %w", line, err)
		}
		switch word {
		case "cleanups":
			l.cleanups = int64(n)
		case "received":
			l.received = int64(n)
		default:
			l.prices[word] = append(l.prices[word], n)
		}
	}
	return l, nil
}
