package deadlock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/plain"
)

// watch runs a program until it has ended, or is at rest for good, and returns the first
// line that it printed and the letters of the states in which it rested. A program at rest
// has printed nothing, or it is being ended, and has printed why.
func watch(ctx context.Context, p *plain.Program, c outcome) (said, states string, err error) {
	process, err := plain.Start(ctx, child.Spec{Path: p.Path, Args: []string{c.besides}, Env: child.Env(c.env...)})
	if err != nil {
		return "", "", err
	}
	if err = process.Await(ctx, "about to wait"); err == nil {
		states, err = process.Rest(ctx)
	}
	if kill := process.Signal(syscall.SIGKILL); !errors.Is(kill, os.ErrProcessDone) {
		err = errors.Join(err, kill)
	}
	end, waited := process.Ending()
	switch {
	case err != nil || waited != nil:
		return "", "", errors.Join(err, waited)
	case len(end.Stderr) > 0:
		return end.Stderr[0], "", nil
	case end.Signal != "SIGKILL":
		return "", "", fmt.Errorf("it ended without a word: %s", end)
	}
	return silent, states, nil
}
