package child

import (
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/procfs"
)

// asStarted is the environment with which the process of a body was started, before Main
// took out what was meant for itself.
var asStarted []string

// Again returns the environment in which this binary, executed once more, does the same
// job again. Each of extra, "NAME=value", is added, or replaces what there is: it is how
// the body can tell that it is not the first. What is started so belongs to the tree of
// this process, and has no supervisor of its own. It is for the process of a body; in any
// other it is that process's environment.
func Again(extra ...string) []string {
	env := slices.Clone(asStarted)
	if env == nil {
		env = os.Environ()
	}
	for _, variable := range extra {
		env = setenv(env, variable)
	}
	return env
}

// ExecAgain executes this binary in place of what this process now runs, with Again(extra...)
// and the same report pipe. Whatever else the kernel keeps of a process stays: its id, the
// signals that it ignores. It returns only if that fails.
func ExecAgain(extra ...string) error {
	path, err := executable()
	if err != nil {
		return fmt.Errorf("execute this program again: %w", err)
	}
	if _, err := unix.FcntlInt(reportFD, unix.F_SETFD, 0); err != nil {
		return fmt.Errorf("keep the report pipe: %w", err)
	}
	err = syscall.Exec(path, os.Args, Again(extra...))
	return fmt.Errorf("execute this program again: %w", err)
}

// ignoringVariable is set in a process that ExecIgnoring has made start again.
const ignoringVariable = "GOPARK_CHILD_IGNORING"

// ExecIgnoring has this process run from the start once more, with the signal ignored, as
// under nohup: a program that has never known it otherwise. In the second run it returns
// nil. It is called once, first of all, in the process of a body.
func ExecIgnoring(s syscall.Signal) error {
	if os.Getenv(ignoringVariable) != "" {
		return nil
	}
	signal.Ignore(s)
	status, err := procfs.Process(os.Getpid())
	if err != nil {
		return fmt.Errorf("ignore %v: %w", s, err)
	}
	if !status.Ignored.Has(s) {
		return fmt.Errorf("ignore %v: the kernel does not know of it", s)
	}
	return ExecAgain(ignoringVariable + "=yes")
}
