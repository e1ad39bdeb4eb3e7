package ondemand

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
)

// Build returns the path of the program, in the build cache. It is ErrUnmet if it cannot be
// built, or not in time; then the packages that have been compiled by then are kept, and the
// error has the command that compiles the rest. note is told when it takes long enough to be
// noticed. When ctx ends, the error is the cause.
func (p Program) Build(ctx context.Context, note func(format string, args ...any)) (string, error) {
	defer whenSlow(func() { note("compiling %s, which takes a while the first time", p.Name) })()
	ctx, cancel := context.WithTimeoutCause(ctx, p.Limit, errNotYet)
	defer cancel()
	// go run keeps what it builds, but only the second time does it run what it has kept
	// and not the file that it has just made, which is gone when it ends.
	for range 2 {
		name, err := p.built(ctx)
		if err != nil {
			return "", err
		}
		if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
			return name, err
		}
	}
	return "", experiment.Unmet("the go command does not keep what go run builds")
}

// whenSlow calls note if stop has not been called for a second. note is not called when stop
// has returned, and has returned if it was.
func whenSlow(note func()) (stop func()) {
	noted := make(chan struct{})
	wait := time.AfterFunc(time.Second, func() {
		defer close(noted)
		note()
	})
	return func() {
		if !wait.Stop() {
			<-noted
		}
	}
}

var errNotYet = errors.New("it is not compiled yet")

// built has the go command build the program, and say where it is instead of running it.
func (p Program) built(ctx context.Context) (string, error) {
	stdout, stderr, status, err := output(ctx, child.Spec{
		Path: "go",
		Args: slices.Concat([]string{"run", "-ldflags=-s -w", "-exec=echo"}, p.tags(), []string{p.Package}),
		Env:  slices.Concat(os.Environ(), []string{"GOWORK=off"}, p.Env),
		Limits: child.Limits{
			Wall:   10 * time.Minute,
			Memory: 8 << 30,
			File:   1 << 30,
		},
	})
	first, _, _ := strings.Cut(stderr, "\n")
	switch {
	case errors.Is(context.Cause(ctx), errNotYet):
		return "", p.unmet("it takes longer than %v to compile the first time", p.Limit)
	case err != nil:
		return "", err
	case status.Limit != child.None:
		return "", p.unmet("its compilation was %s", status.Reason)
	case status.Exit != 0:
		return "", p.unmet("it does not compile here: %s", first)
	}
	return stdout, nil
}

// tags returns the option that sets them, if there are any.
func (p Program) tags() []string {
	if len(p.Tags) == 0 {
		return nil
	}
	return []string{"-tags=" + strings.Join(p.Tags, ",")}
}

// unmet says why there is no program, and what to do about it.
func (p Program) unmet(format string, args ...any) error {
	return experiment.Unmet("%s is a program of its own, and "+format+
		". In the folder that you cloned, run once: %s", slices.Concat([]any{p.Name}, args, []any{p.command()})...)
}

// command is what compiles the program, for people.
func (p Program) command() string {
	return strings.Join(slices.Concat(p.Env, []string{"go build"}, p.tags(), []string{"-o /dev/null", p.Package}), " ")
}
