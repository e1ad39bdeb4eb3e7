package child

import (
	"fmt"
	"os"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
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
