package zombie

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"reflect"
	"strings"
	"time"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
)

// program is one that is built on demand, from the sources of this module and with the
// reader's toolchain.
type program struct {
	pkg   string        // import path
	env   []string      // of the build
	limit time.Duration // how long a run waits for the build
}

// pipeline is the consumer. A reader who waits for a first verdict should not wait for a
// compiler that has half a minute to go: the build stops, and what it has compiled by then
// is kept in the build cache.
var pipeline = program{pkg: path.Join(self, "pipeline"), limit: 15 * time.Second}

// self is the import path of this package, also after the module has been renamed.
var self = reflect.TypeFor[program]().PkgPath()

// leakProfile adds the goroutineleak profile, which in Go 1.26 is an experiment. It is
// another runtime, so everything above it is compiled anew.
var leakProfile = []string{"GOEXPERIMENT=goroutineleakprofile"}

// build returns the path of the program, in the build cache. It is ErrUnmet if it cannot be
// built, or not in time. note is told when it takes long enough to be noticed.
func (p program) build(ctx context.Context, note func(format string, args ...any)) (string, error) {
	noted := make(chan struct{})
	wait := time.AfterFunc(time.Second, func() {
		defer close(noted)
		note("compiling the consumer, which takes a while the first time")
	})
	defer func() {
		if !wait.Stop() {
			<-noted
		}
	}()
	ctx, cancel := context.WithTimeoutCause(ctx, p.limit, errNotYet)
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

var errNotYet = errors.New("it is not compiled yet")

// built has the go command build the program, and say where it is instead of running it.
func (p program) built(ctx context.Context) (string, error) {
	var stdout, stderr strings.Builder
	status, err := child.Run(ctx, child.Spec{
		Path: "go",
		Args: []string{"run", "-ldflags=-s -w", "-exec=echo", p.pkg},
		Env:  append(os.Environ(), append([]string{"GOWORK=off"}, p.env...)...),
		Limits: child.Limits{
			Wall:   10 * time.Minute,
			Memory: 8 << 30,
			File:   1 << 30,
		},
		Output: func(s child.Stream, b []byte) {
			if s == child.Stdout {
				stdout.Write(b)
			} else {
				stderr.Write(b)
			}
		},
	})
	first, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
	switch {
	case errors.Is(context.Cause(ctx), errNotYet):
		return "", p.unmet("it takes longer than %v to compile the first time", p.limit)
	case err != nil:
		return "", err
	case status.Limit == child.Cancelled:
		return "", context.Cause(ctx)
	case status.Limit != child.None:
		return "", p.unmet("its compilation was %s", status.Reason)
	case status.Exit != 0:
		return "", p.unmet("it does not compile here: %s", first)
	}
	return strings.TrimSpace(stdout.String()), nil
}

// unmet says why there is no program, and what to do about it.
func (p program) unmet(format string, args ...any) error {
	by := strings.Join(append(p.env, "go build -o /dev/null "+p.pkg), " ")
	return experiment.Unmet("the consumer is a program of its own, and "+format+
		". In the folder that you cloned, run once: %s", append(args, by)...)
}
