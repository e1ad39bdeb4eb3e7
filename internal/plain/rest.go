package plain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/procfs"
)

// looks is at how many moments a process must have been at rest to be called so.
const looks = 3

// Rest waits until the process has ended or has been seen at rest, and returns the letters
// of its states at those moments, usually "S", or "" if it has ended. It needs Linux.
//
// At rest, every thread is in a system call that may take for ever. The deadlock detector
// of the runtime runs on the last busy thread before that one goes to sleep, so it has had
// its turn. The thread that ends a program, and waits for moments so that the others stop,
// does so in nanosleep, which does not count.
func (p *Process) Rest(ctx context.Context) (states string, err error) {
	var seen []byte
	for n := 0; n < looks; runtime.Gosched() {
		if p.ended() {
			return "", nil
		}
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		rests, err1 := atRest(p.PID())
		status, err2 := procfs.Process(p.PID())
		switch err := errors.Join(err1, err2); {
		case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH):
			continue // a thread has just ended, or the process
		case err != nil:
			return "", err
		case !rests || status.State == procfs.Running:
			continue
		}
		n++
		if letter := byte(status.State); !slices.Contains(seen, letter) {
			seen = append(seen, letter)
		}
	}
	return string(seen), nil
}

func (p *Process) ended() bool {
	select {
	case <-p.over:
		return true
	default:
		return false
	}
}

// atRest reports whether every thread of a process is at rest.
func atRest(pid int) (bool, error) {
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return false, fmt.Errorf("list threads: %w", err)
	}
	for _, t := range threads {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/syscall", pid, t.Name()))
		switch {
		case errors.Is(err, fs.ErrPermission):
			return false, experiment.Unmet("the kernel does not tell in which system call a thread is: %v", err)
		case err != nil:
			return false, fmt.Errorf("read system call: %w", err)
		case !resting(string(text)):
			return false, nil
		}
	}
	return len(threads) > 0, nil
}

// resting reads what the kernel says of a thread: the number of its system call and the
// arguments, "running" if it is or could be, and -1 if it is in the kernel for another
// reason, such as its end.
func resting(text string) bool {
	call, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	return call != "" && call != "running" && call != "-1" && call != fmt.Sprint(nanosleep)
}
