package deadlock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/plain"
	"lab.example/gopark/internal/stacks"
)

// sight is what was seen of a program from outside.
type sight struct {
	said       string             // the first line on its stderr
	states     string             // the letters of the states in which it rested, if it said nothing
	goroutines []stacks.Goroutine // as it printed them in the end, of its own or when it was asked
}

// asked is how a program answers SIGQUIT, if it has said nothing before.
const asked = "SIGQUIT: quit"

// watch runs a program until it has ended, or is at rest for good. Then it has the program
// print its goroutines, which ends it. A program at rest has printed nothing, or it is being
// ended, and has printed why.
func watch(ctx context.Context, p *plain.Program, c outcome) (s sight, err error) {
	process, err := plain.Start(ctx, child.Spec{Path: p.Path, Args: []string{c.besides}, Env: child.Env(c.env...)})
	if err != nil {
		return s, err
	}
	sig := syscall.SIGQUIT
	if err = process.Await(ctx, "about to wait"); err == nil {
		s.states, err = process.Rest(ctx)
	}
	if err != nil {
		sig = syscall.SIGKILL
	}
	if end := process.Signal(sig); !errors.Is(end, os.ErrProcessDone) {
		err = errors.Join(err, end)
	}
	end, waited := process.Ending()
	switch {
	case err != nil || waited != nil:
		return s, errors.Join(err, waited)
	case len(end.Stderr) == 0:
		return s, fmt.Errorf("it ended without a word: %s", end)
	}
	s.goroutines = stacks.Parse(strings.Join(end.Stderr, "\n"))
	if s.said = end.Stderr[0]; s.said == asked {
		s.said = silent
	} else {
		s.states = ""
	}
	return s, nil
}
