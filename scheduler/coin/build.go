package coin

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
)

// shuffle builds the program in dir, with these flags of go build, runs it on one P,
// and returns the orders that it prints. If it cannot be built, that is ErrUnmet: the
// race detector needs a platform that it knows, and most of them a C compiler.
func shuffle(ctx context.Context, dir string, rounds int, flags ...string) ([][]int64, error) {
	source, err := files.ReadFile("testdata/shuffle.go")
	if err != nil {
		return nil, fmt.Errorf("read program: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "shuffle.go"), source, 0o600); err != nil {
		return nil, fmt.Errorf("write program: %w", err)
	}
	program := filepath.Join(dir, "shuffle")
	build := append(append([]string{"build"}, flags...), "-o", program, "shuffle.go")
	// The first time, the parts of the standard library are built with the flags too.
	_, err = output(ctx, child.Spec{Path: "go", Args: build, Dir: dir, Limits: child.Limits{Wall: 3 * time.Minute}})
	if failed, ok := errors.AsType[*failure](err); ok {
		return nil, experiment.Unmet("go %s: %s", strings.Join(build[:1+len(flags)], " "), failed.said)
	}
	if err != nil {
		return nil, err
	}
	out, err := output(ctx, child.Spec{
		Path: program, Args: []string{strconv.Itoa(rounds)}, Dir: dir, Env: child.Env("GOMAXPROCS=1"),
	})
	if err != nil {
		return nil, err
	}
	orders, err := parse(out)
	if err == nil && len(orders) != rounds {
		// It prints fewer if it was disturbed too often.
		err = experiment.Unmet("the machine is too busy: %d of %d rounds were not disturbed", len(orders), rounds)
	}
	return orders, err
}

// failure is a program that ended with a status other than 0.
type failure struct {
	path   string
	status int
	said   string // the first line on its stderr
}

func (f *failure) Error() string {
	return fmt.Sprintf("run %s: status %d: %s", filepath.Base(f.path), f.status, f.said)
}

// output runs a program and returns what it prints on its stdout.
func output(ctx context.Context, spec child.Spec) (string, error) {
	var stdout, stderr strings.Builder
	spec.Output = func(s child.Stream, p []byte) {
		if s == child.Stdout {
			stdout.Write(p)
		} else {
			stderr.Write(p)
		}
	}
	status, err := child.Run(ctx, spec)
	switch {
	case err != nil:
		return "", err
	case status.Limit == child.Cancelled:
		return "", context.Cause(ctx)
	case status.Limit != child.None:
		return "", experiment.Unmet("%s was %s", filepath.Base(spec.Path), status.Reason)
	case status.Exit != 0:
		first, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
		return "", &failure{spec.Path, status.Exit, first}
	}
	return stdout.String(), nil
}
